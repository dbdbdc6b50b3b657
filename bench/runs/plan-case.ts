import type { System } from '../systems/system.ts';
import type { Case } from '../workloads/cases.ts';
import { bookRequest, type Plan, spreadShowCount, takenSeatCount } from '../workloads/workloads.ts';
import type { OtherRows } from './check-run.ts';
import { expectStatus, send } from './client.ts';

/** Plans a case on new shows, booking the seats that a stampede finds taken. */
export async function planCase(
  { tokens, browsePaths }: { tokens: string[]; browsePaths: string[] },
  system: System,
  { workload, mode }: Pick<Case, 'workload' | 'mode'>,
): Promise<{ plan: Plan; otherRows: OtherRows }> {
  const otherRows = { booked: 0, cancelled: 0 };
  if (workload === 'browse') return { plan: { kind: 'browse', paths: browsePaths }, otherRows };
  const shows = await system.addShows(workload === 'spread' ? spreadShowCount : 1);
  if (workload === 'churn') return { plan: { kind: 'churn', shows }, otherRows };
  if (workload !== 'stampede') return { plan: { kind: 'book', mode, shows, takenSeats: 0 }, otherRows };
  await bookFirstSeats(system, shows[0] ?? 0, takenSeatCount, tokens);
  return {
    plan: { kind: 'book', mode, shows, takenSeats: takenSeatCount },
    otherRows: { booked: takenSeatCount, cancelled: 0 },
  };
}

async function bookFirstSeats(system: System, show: number, count: number, tokens: string[]): Promise<void> {
  const seats = Array.from({ length: count }, (_, i) => i + 1);
  await Promise.all(
    seats.map(async (seat) => {
      const request = bookRequest({ show, seat, user: seat, prefer: 'wait=10' });
      expectStatus('booking a seat beforehand', await send(system.url, request, tokens), 201);
    }),
  );
}
