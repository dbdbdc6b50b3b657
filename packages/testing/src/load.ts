import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Boxoffice } from './boxoffice.ts';

const clients = 8;
/** Pause between two requests of a client, in milliseconds: short enough that something is always in progress. */
const pauseMs = 20;

/** Buyers who keep booking seats and cancel some of them. */
export interface Load {
  shows: readonly number[];
  /** Requests that were accepted (202). */
  accepted: { id: string; kind: 'book' | 'cancel'; user: number }[];
  /** All other responses, with their latency in milliseconds. */
  refused: { status: number; code: string | undefined; jobId: string | undefined; ms: number }[];
  stop(): Promise<void>;
}

/** Starts eight buyers on these shows, which must have 100 seats each and no other buyers. */
export function startLoad(boxoffice: Boxoffice, shows: readonly number[]): Load {
  const load: Load = { shows, accepted: [], refused: [], stop };
  let stopped = false;
  const running = Array.from({ length: clients }, (_, index) => buy(index + 1));

  async function buy(user: number): Promise<void> {
    for (let round = 0; !stopped; round++) {
      const show = shows[(round + user) % shows.length] ?? 0;
      const startedAt = performance.now();
      const { status, body } = await boxoffice.book(show, String(((round * 7 + user * 13) % 100) + 1), { user });
      if (status === 202) {
        load.accepted.push({ id: body.id, kind: 'book', user });
        if (round % 4 === 3) await cancel(body.id, user);
      } else {
        const ms = performance.now() - startedAt;
        load.refused.push({ status, code: body.code, jobId: body.job_id, ms });
      }
      await delay(pauseMs);
    }
  }

  async function cancel(bookingId: string, user: number): Promise<void> {
    const { status, body } = await boxoffice.cancel(bookingId, { user, wait: 0 });
    if (status === 202) load.accepted.push({ id: body.id, kind: 'cancel', user });
  }

  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all(running);
  }
  return load;
}

/** Compares the responses to the buyers with the database: every request has one outcome, every seat one booking. */
export async function expectNothingLost(boxoffice: Boxoffice, { shows, accepted, refused }: Load): Promise<void> {
  const succeeded: string[] = [];
  for (let from = 0; from < accepted.length; from += 50) {
    await Promise.all(
      accepted.slice(from, from + 50).map(async ({ id, kind, user }) => {
        const job = await boxoffice.outcome(id, { user });
        expect(['succeeded', 'rejected']).toContain(job.status);
        if (job.status === 'rejected') expect(['seat_taken', 'booking_not_found']).toContain(job.problem?.code);
        else if (kind === 'book') succeeded.push(id);
      }),
    );
  }
  const bookings = await boxoffice.rows<{ id: string; status: string; seats: string[] }>(
    `select id, status, seats from booking.bookings where show_id in (${shows.join()})`,
  );
  const perhaps = new Set(refused.map(({ jobId }) => jobId));
  expect(
    bookings
      .map(({ id }) => id)
      .filter((id) => !perhaps.has(id))
      .sort(),
  ).toEqual(succeeded.sort());
  const claims = await boxoffice.rows<{ booking_id: string }>(
    `select booking_id from booking.seat_claims where show_id in (${shows.join()})`,
  );
  const live = bookings.filter(({ status }) => status === 'booked');
  expect(claims.map(({ booking_id }) => booking_id).sort()).toEqual(live.map(({ id }) => id).sort());
}
