import { createBoxoffice, ProblemError } from '@boxoffice/client';
import { PlainError } from '@boxoffice/local-servers/plain-error';

/**
 * Finds the seats that the buyers will compete for.
 *
 * @param seats how many, counted from the first; all by default
 * @throws {PlainError} naming the remedy when there is no server, no such show or no free seat
 */
export async function findTargets({
  url,
  show,
  seats,
}: {
  url: string;
  show: number;
  seats?: number | undefined;
}): Promise<{ label: string; free: boolean }[]> {
  const boxoffice = createBoxoffice({ url });
  const path = { id: show };
  const map = await boxoffice.get('/api/shows/{id}/seats/', { params: { path } }).catch((error: Error) => {
    if (!(error instanceof ProblemError)) {
      throw new PlainError(
        `Nothing responds at ${url} (${error.message}): start Boxoffice with \`npx -y pnpm start\`, or give its address with --url.`,
      );
    }
    throw new PlainError(
      error.status === 404
        ? `There is no show ${show} at ${url}: find one at ${url}/api/shows/, or load the sample data with \`pnpm seed\`.`
        : `${url} responded with ${error.status} when asked for the seats of show ${show}. Try again in a moment.`,
    );
  });
  const { date_time } = await boxoffice.get('/api/shows/{id}/', { params: { path } });
  if (Date.parse(date_time) <= Date.now()) {
    throw new PlainError(`Show ${show} has started, so its seats are no longer sold: choose another with --show.`);
  }
  const targets = map.seats
    .slice(0, seats)
    .map((seat) => ({ label: seat.seat_number, free: seat.status === 'available' }));
  if (!targets.some((seat) => seat.free)) {
    throw new PlainError(
      targets.length < map.total_seats
        ? `The first ${targets.length} seats of show ${show} are all taken: aim at more seats with --seats, or choose another show.`
        : `Show ${show} is full: choose another with --show, or create new ones with \`pnpm seed --large\`.`,
    );
  }
  return targets;
}
