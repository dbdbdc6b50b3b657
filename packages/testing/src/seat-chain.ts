import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Answer, Boxoffice } from './boxoffice.ts';
import type { SpawnedService } from './service.ts';

/** Pause between two rounds of a chain, in milliseconds. */
const pauseMs = 100;
const retryMs = 50;
/** Outcomes that are looked up at the same time. */
const lookUps = 10;

/** A request that was accepted, or already decided when a repeat of it was answered. */
interface Sent {
  id: string;
  user: number;
  expected: 'succeeded' | 'rejected';
  /** Null while it has to be looked up by its job. */
  outcome: 'succeeded' | 'rejected' | null;
}

/**
 * Buyers who pass one seat of a show on: a winner books it, a loser asks too early, the winner cancels, and so on. Each
 * outcome depends on all requests before it, so the slightest change of their order shows. At most three are undecided.
 * Refusals and broken connections are waited out by retrying with the same Idempotency-Key, at whichever gateway responds.
 */
export interface SeatChain {
  /** Ends after the current round. */
  end(): void;
  /** Ends, and compares every outcome with the one that the order requires. */
  stop(): Promise<void>;
  /** Waits until this many more rounds are accepted. */
  rounds(count: number): Promise<void>;
  /** The longest time that a request took to be accepted, in milliseconds. */
  readonly longestMs: number;
  /** Statuses of refusals and broken connections (0), each with the problem's code. */
  readonly refusals: string[];
}

/** @param gateways returns the gateways that may currently be used */
export function startSeatChain(boxoffice: Boxoffice, show: number, gateways: () => SpawnedService[]): SeatChain {
  const sent: Sent[] = [];
  const refusals: string[] = [];
  const marks: { at: number; resolve: () => void }[] = [];
  let stopped = false;
  let turn = 0;
  let longestMs = 0;
  const running = run();

  async function accepted(user: number, expected: Sent['expected'], send: (key: string) => Send): Promise<Sent> {
    const key = `${show}-${turn++}`;
    const since = performance.now();
    for (;;) {
      const reachable = gateways();
      const gateway = reachable[turn % reachable.length];
      const answer = await send(key)({ ...(gateway && { gateway }) }).catch(() => null);
      longestMs = Math.max(longestMs, performance.now() - since);
      const { status = 0, body } = answer ?? {};
      if (status === 202) return { id: body?.id ?? '', user, expected, outcome: null };
      if (status === 200 || status === 201) return { id: body?.id ?? '', user, expected, outcome: 'succeeded' };
      if (status === 409 && body?.code === 'seat_taken') return { id: '', user, expected, outcome: 'rejected' };
      refusals.push(`${status} ${body?.code}`);
      if (![0, 503, 409].includes(status)) throw new Error(`show ${show}: ${status} ${JSON.stringify(body)}`);
      await delay(retryMs);
    }
  }

  async function run(): Promise<void> {
    for (let user = 1; !stopped; user += 2) {
      const winner = await accepted(
        user,
        'succeeded',
        (key) => (to) => boxoffice.book(show, 'A1', { user, key, ...to }),
      );
      const loser = await accepted(
        user + 1,
        'rejected',
        (key) => (to) => boxoffice.book(show, 'A1', { user: user + 1, key, ...to }),
      );
      const cancel = await accepted(
        user,
        'succeeded',
        (key) => (to) => boxoffice.cancel(winner.id, { user, key, wait: 10, ...to }),
      );
      sent.push(winner, loser, cancel);
      for (const mark of marks) if (sent.length >= mark.at) mark.resolve();
      await delay(pauseMs);
    }
  }

  return {
    refusals,
    get longestMs() {
      return longestMs;
    },
    rounds(count) {
      return Promise.race([
        new Promise<void>((resolve) => marks.push({ at: sent.length + 3 * count, resolve })),
        running.then(() => Promise.reject(new Error('the chain has ended'))),
      ]);
    },
    end() {
      stopped = true;
    },
    async stop() {
      stopped = true;
      await running;
      const check = async ({ id, user, expected, outcome }: Sent, index: number) => {
        const status = outcome ?? (await boxoffice.outcome(id, { user })).status;
        expect(status, `request ${index} of show ${show}`).toBe(expected);
      };
      for (let from = 0; from < sent.length; from += lookUps)
        await Promise.all(sent.slice(from, from + lookUps).map((one, index) => check(one, from + index)));
    },
  };
}

type Send = (to: { gateway?: SpawnedService }) => Promise<Answer>;
