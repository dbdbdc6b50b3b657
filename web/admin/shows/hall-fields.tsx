import type { Show } from '@boxoffice/client';
import { Field } from '../../lib/fields.tsx';
import type { FieldErrors } from '../../lib/form.tsx';
import { SeatFields } from './seat-fields.tsx';
import type { HallChoice } from './use-hall.ts';

interface HallFieldsProps {
  hall: HallChoice;
  show?: Show | undefined;
  errors: FieldErrors;
}

/** Where a show takes place: on a screen, or in rows of seats of its own. */
export function HallFields({ hall: { screenId, choose, screens }, show, errors }: HallFieldsProps) {
  return (
    <>
      {screens.size > 0 && (
        <Field label="Hall" hint={show && 'Booked seats cannot be moved'} errors={errors.screen_id}>
          {(control) => (
            <select
              name="screen_id"
              value={screenId}
              onChange={({ currentTarget }) => choose(currentTarget.value)}
              {...control}
            >
              <option value="">No screen: plain rows of seats</option>
              {[...screens].map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {screenId === '' && <SeatFields show={show} errors={errors} />}
    </>
  );
}

/** The hall in a request, from the values of `HallFields`. */
export function hallOf({ screen_id, screen_name = '', total_seats, seats_per_row }: Record<string, string>) {
  return screen_id
    ? { screen_id: Number(screen_id) }
    : { screen_id: null, screen_name, total_seats: Number(total_seats), seats_per_row: Number(seats_per_row) };
}
