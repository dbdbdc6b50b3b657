import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { Registry } from 'prom-client';
import { beforeEach, vi } from 'vitest';
import { TurnMetrics } from '../src/metrics.ts';
import { Turns } from '../src/turn.ts';
import { ModelStore } from './model-store.ts';

export const ours = { partition: 0, session: 1 };
export const others = { partition: 1, session: 2 };
export let model: ModelStore;
export let logger: { warn: ReturnType<typeof vi.fn>; error: ReturnType<typeof vi.fn> };
export let metrics: TurnMetrics;
export let turns: Turns;
/** The outcomes of the envelopes decided, in the order in which they became known. */
export let decided: Outcome[][];
beforeEach(() => {
  model = new ModelStore();
  logger = { warn: vi.fn(), error: vi.fn() };
  metrics = new TurnMetrics(new Registry());
  turns = new Turns({ store: model.store, logger: logger as unknown as Logger, metrics });
  decided = [];
});

/** An envelope with this many requests for one seat. */
export const requestsFor = (seat: string, count = 1): BookingRequest[] =>
  Array.from({ length: count }, (_, user) => envelope(1, [{ seats: [seat], user }])).flat();
export const idsOf = (...envelopes: BookingRequest[][]) => envelopes.flat().map(({ id }) => id);

export function decide(requests: BookingRequest[], lease = ours): Promise<Outcome[]> {
  const outcomes = turns.decide(requests, lease);
  void outcomes.then((known) => decided.push(known));
  return outcomes;
}

export const sizes = () => model.attempts.map(({ ids }) => ids.length);
export const idle = () => eventually(() => !turns.busy, { intervalMs: 1 });

/** Holds up the next attempt; returns a function that lets it continue, with an error or without. */
export function holdUp(): PromiseWithResolvers<void> {
  const held = Promise.withResolvers<void>();
  model.onAttempt = async () => {
    model.onAttempt = () => undefined;
    await held.promise;
  };
  return held;
}
