import { setTimeout as delay } from 'node:timers/promises';
import type { System } from '../systems/system.ts';
import { bookRequest, type Plan, seatsPerShow } from '../workloads/workloads.ts';
import { expectStatus, send } from './client.ts';

/** Pause between rounds, in milliseconds: short enough to catch every cache, too long to count as load. */
const pauseMs = 100;

export interface CancelProbe {
  /** Ends the probe; returns the rows it leaves behind, and the violations it saw, a sentence each. */
  end(): Promise<{ booked: number; cancelled: number; problems: string[] }>;
}

/**
 * Checks during a stampede that a seat is free as soon as its cancellation has been answered: one user books
 * it, another is refused, the first cancels, and the second books it.
 */
export function probeCancels(system: System, tokens: string[], plan: Plan): CancelProbe {
  const show = plan.kind === 'book' ? (plan.shows[0] ?? 0) : 0;
  const seat = seatsPerShow; // no other request asks for the last seat
  const problems: string[] = [];
  let booked = 0;
  let cancelled = 0;
  let ending = false;
  const finished = probe().catch((error: Error) => void problems.push(`cancel probe: ${error.message}`));

  async function probe(): Promise<void> {
    for (let user = 0; !ending; user = (user + 2) % 1_000) {
      const first = await book(user, 201, 'booking a free seat');
      await book(user + 1, 409, 'booking a taken seat');
      await cancel(first, user);
      const second = await book(user + 1, 201, 'booking a seat after its cancellation');
      await cancel(second, user + 1);
      await delay(pauseMs);
    }
  }

  async function book(user: number, expected: number, action: string): Promise<string> {
    const response = await send(system.url, bookRequest({ show, seat, user, prefer: 'wait=10' }), tokens);
    if (response.status === 201) booked++;
    expectStatus(action, response, expected);
    return response.body.id ?? '';
  }

  async function cancel(id: string, user: number): Promise<void> {
    const request = { method: 'POST' as const, path: `/api/bookings/${id}/cancel/`, user, body: '{}', prefer: null };
    expectStatus('cancelling', await send(system.url, request, tokens), 200);
    booked--;
    cancelled++;
  }

  return {
    async end() {
      ending = true;
      await finished;
      return { booked, cancelled, problems };
    },
  };
}
