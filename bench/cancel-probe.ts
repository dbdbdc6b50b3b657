import { setTimeout as delay } from 'node:timers/promises';
import { call } from './client.ts';
import type { System } from './systems/system.ts';
import { bookRequest, type Plan, seatsPerShow } from './workloads.ts';

/** Between two rounds, in milliseconds: often enough to be in every cache's way, too seldom to count as load. */
const pauseMs = 100;

export interface CancelProbe {
  /** Ends it; gives the rows it has left and what was wrong, a sentence each. */
  end(): Promise<{ booked: number; cancelled: number; problems: string[] }>;
}

/**
 * Asks, in the middle of a stampede, whether a seat whose cancel was answered is there at once: books
 * it, has another refused for it, cancels, and has the other book it.
 */
export function probeCancels(system: System, tokens: string[], plan: Plan): CancelProbe {
  const show = plan.kind === 'book' ? (plan.shows[0] ?? 0) : 0;
  const seat = seatsPerShow; // nobody else wants the last one
  const problems: string[] = [];
  let booked = 0;
  let cancelled = 0;
  let ending = false;
  const over = probe().catch((error: Error) => void problems.push(`cancel probe: ${error.message}`));

  async function probe(): Promise<void> {
    for (let user = 0; !ending; user = (user + 2) % 1_000) {
      const first = await book(user, 201);
      await book(user + 1, 409);
      await cancel(first, user);
      const second = await book(user + 1, 201);
      await cancel(second, user + 1);
      await delay(pauseMs);
    }
  }

  async function book(user: number, expected: number): Promise<string> {
    const answer = await call(system.url, bookRequest({ show, seat, user, prefer: 'wait=10' }), tokens);
    if (answer.status === 201) booked++;
    if (answer.status !== expected) {
      const what = expected === 201 ? 'a seat whose cancel was answered' : 'a seat that is taken';
      throw new Error(`${what} was answered ${answer.status}`);
    }
    return answer.body.id ?? '';
  }

  async function cancel(id: string, user: number): Promise<void> {
    const request = { method: 'POST' as const, path: `/api/bookings/${id}/cancel/`, user, body: '{}', prefer: null };
    const { status } = await call(system.url, request, tokens);
    if (status !== 200) throw new Error(`a cancel was answered ${status}`);
    booked--;
    cancelled++;
  }

  return {
    async end() {
      ending = true;
      await over;
      return { booked, cancelled, problems };
    },
  };
}
