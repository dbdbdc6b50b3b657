import type { Show } from '@boxoffice/client';
import { useState } from 'react';
import { Field } from '../../lib/fields.tsx';
import type { FieldErrors } from '../../lib/form.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { SeatFields } from './seat-fields.tsx';

/** Screens offered for selection. */
const choiceLimit = 100;

/** Where a show takes place: on a screen, or in rows of seats of its own. */
export function HallFields({ show, errors }: { show?: Show; errors: FieldErrors }) {
  const [screenId, setScreenId] = useState(String(show?.screen_id ?? ''));
  const query = { page_size: choiceLimit };
  const { data } = useAdminQuery('screens to choose', (signal) =>
    boxoffice.get('/api/admin/screens/', { params: { query }, signal }),
  );
  const screens = new Map((data?.results ?? []).map(({ id, name }) => [String(id), name]));
  // Until the screens arrive, a form that is saved keeps its screen.
  if (show?.screen_id && !screens.has(screenId)) screens.set(screenId, show.screen_name);
  return (
    <>
      {screens.size > 0 && (
        <Field label="Hall" hint={show && 'Booked seats cannot be moved'} errors={errors.screen_id}>
          {(control) => (
            <select
              name="screen_id"
              value={screenId}
              onChange={({ currentTarget }) => setScreenId(currentTarget.value)}
              {...control}
            >
              <option value="">Rows of its own</option>
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
