import type { MyBooking } from '@boxoffice/client';
import { formatList } from '../lib/format.ts';
import { Link } from '../lib/router.tsx';
import { TimeLeft } from './time-left.tsx';

/** Reminds the user of a hold on this show, and leads back to it. */
export function OwnHold({ hold }: { hold: MyBooking }) {
  return (
    <div className="own-hold">
      <p>
        You hold <strong>{formatList(hold.seats)}</strong> for another <TimeLeft until={hold.expires_at ?? ''} />.
      </p>
      <p>
        <Link to={`/bookings/${hold.id}`}>Go to your hold</Link>, or choose other seats in its place.
      </p>
    </div>
  );
}
