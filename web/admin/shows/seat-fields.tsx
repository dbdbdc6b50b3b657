import type { Show } from '@boxoffice/client';
import { Input } from '../../lib/fields.tsx';
import type { FieldErrors } from '../../lib/form.tsx';

/** The screen of a show and its seats. */
export function SeatFields({ show, errors }: { show?: Show | undefined; errors: FieldErrors }) {
  return (
    <>
      <Input label="Screen" name="screen_name" value={show?.screen_name} errors={errors.screen_name} required />
      <Input
        label="Seats"
        name="total_seats"
        type="number"
        min={1}
        value={show?.total_seats ?? 80}
        errors={errors.total_seats}
        required
      />
      <Input
        label="Seats per row"
        name="seats_per_row"
        type="number"
        min={1}
        value={show?.seats_per_row ?? 10}
        hint={show && 'Booked seats cannot be moved'}
        errors={errors.seats_per_row}
        required
      />
    </>
  );
}
