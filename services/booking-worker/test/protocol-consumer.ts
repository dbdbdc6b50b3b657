/** A consumer whose queue is in memory, its turns, and everything that it calls. */
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, vi } from 'vitest';
import { PartitionConsumer } from '../src/consumer.ts';
import { TurnMetrics } from '../src/metrics.ts';
import { modelQueue } from './model-queue.ts';

export const giveUp = vi.fn<() => boolean>();
export const refuse = vi.fn<(envelopeId: string, isStillThere: () => Promise<boolean>) => void>();
export const onReady = vi.fn();
export const publish = vi.fn(async () => 1);
export const logger = { child: vi.fn(), warn: vi.fn(), error: vi.fn(), debug: vi.fn(), info: vi.fn() };

/** The turns that were begun. Those that are held up end when the test says so. */
export const turns = {
  begun: [] as { ids: string[]; end: PromiseWithResolvers<Outcome[]> }[],
  areHeldUp: false,
  registry: new Registry(),

  /** The requests of each turn. */
  get decided(): string[] {
    return this.begun.map(({ ids }) => ids.join());
  },

  async endLatest(): Promise<void> {
    const turn = this.begun.at(-1);
    turn?.end.resolve(turn.ids.map((id) => outcomeOf(request(id))));
    await pass(0);
  },
};

let consumers: PartitionConsumer[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  vi.resetAllMocks();
  logger.child.mockReturnValue(logger);
  publish.mockResolvedValue(1);
  modelQueue.reset();
  Object.assign(turns, { begun: [], areHeldUp: false, registry: new Registry() });
  consumers = [];
});
afterEach(() => {
  for (const consumer of consumers) consumer.abandon();
  vi.useRealTimers();
});

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export async function start(): Promise<PartitionConsumer> {
  turns.registry.clear();
  const decide = (requests: readonly BookingRequest[]) => {
    const end = Promise.withResolvers<Outcome[]>();
    turns.begun.push({ ids: requests.map(({ id }) => id), end });
    if (!turns.areHeldUp) end.resolve(requests.map(outcomeOf));
    return end.promise;
  };
  const consumer = new PartitionConsumer(
    { partition: 3, session: 1 },
    {
      ...{ turns: { decide }, giveUp, refuse, onReady, metrics: new TurnMetrics(turns.registry) },
      ...{ redis: { publish } as unknown as RedisClient, logger: logger as unknown as Logger },
    },
  );
  consumers.push(consumer);
  await pass(0);
  return consumer;
}

export const request = (id: string, kind = 'book') =>
  ({ kind, id, show_id: 1, user_id: 1, seats: ['A1'], request_id: 'r' }) as BookingRequest;

/** Adds envelopes with one request each, which has the same name. */
export function add(...ids: string[]): void {
  for (const id of ids) modelQueue.add(id, [request(id)]);
}

export function outcomeOf({ id }: Pick<BookingRequest, 'id'>): Outcome {
  if (id.endsWith('fails')) return { id, status: 'failed', problem: problem('internal_error') };
  return { id, status: 'rejected', problem: problem('seat_taken') };
}
