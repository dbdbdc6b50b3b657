import type { Problem, Show } from '@boxoffice/client';
import { formatCount, formatList } from '../lib/format.ts';
import { closedBecause } from './sale-state.ts';

/** Why seats could not be held, and what to do next. */
export function explainRefusal({ code, detail, seats = [] }: Problem, show: Show): string {
  switch (code) {
    case 'seat_taken':
      return takenMessage(seats);
    case 'price_changed':
      return 'The price has just changed, so these seats are not held. Check the new price, and try again if it suits you.';
    case 'limit_reached':
      return `Each person can have up to ${formatCount(show.max_seats_per_user ?? 0, 'seat')} of this show, held and booked together. Choose fewer, or give some back under “My bookings”.`;
    case 'leaves_single_seat':
      return `Seat ${seats[0]} would be left alone between taken seats. Take it as well, or choose seats further to one side.`;
    case 'no_seats_together':
      return `${detail} Ask for fewer, or choose seats one by one on the map.`;
    case 'sales_not_open':
    case 'sales_closed':
    case 'show_started':
    case 'show_cancelled':
      return closedBecause(show)?.sentence ?? detail;
    default:
      return detail;
  }
}

/** `A5 and A6 were just taken.` */
export const takenMessage = (seats: string[]): string =>
  `${formatList(seats)} ${seats.length === 1 ? 'was' : 'were'} just taken.`;
