/**
 * The protocol between a partition's queue and its owners, as a model: real consumers on a real Redis, and a
 * database in memory that decides as PostgreSQL does (outcomes are recorded once, turns are fenced by the lease).
 */
import { setImmediate as tick } from 'node:timers/promises';
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openPatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { Worker } from 'bullmq';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PartitionConsumer } from './consumer.ts';
import { TurnMetrics } from './metrics.ts';

const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
const metrics = new TurnMetrics(new Registry());

let server: TestRedis;
let redis: RedisClient;
beforeAll(async () => {
  server = await createTestRedis();
  redis = openPatientRedis(server.url, logger);
  await eventually(() => redis.status === 'ready');
});
afterAll(async () => {
  redis.disconnect();
  await server.drop();
});

/** An owner that decides nothing for this long is stuck, in milliseconds. The watch needs 2 s to find a stray envelope. */
const stuckAfterMs = 20_000;
/** How long all runs together may take, in milliseconds. They take a few seconds; a slow machine is no failure. */
const allRunsMs = 180_000;

/** Where the current owner crashes or freezes. */
type Fault = 'before the commit' | 'after the commit';

/** One partition: the envelopes accepted, those decided, and its succession of owners. */
class Partition {
  readonly accepted: string[] = [];
  /** In the order of their commits. */
  readonly decided: string[] = [];
  readonly queue: EnvelopeQueue;
  #owner: PartitionConsumer | null = null;
  #session = 0;
  #fault: Fault | null = null;
  #faultReached = false;

  constructor(number: number) {
    this.queue = new EnvelopeQueue(number, redis);
  }

  async add(): Promise<void> {
    const envelopeId = newEnvelopeId(0);
    const id = requestId(envelopeId, 1, 0);
    const request = { kind: 'book' as const, id, show_id: 1, user_id: 1, seats: ['A1'], request_id: 'model' };
    await this.queue.add(envelopeId, { requests: [request], reply_to: 'nobody' });
    this.accepted.push(id);
  }

  /** A new owner takes the lease; the former one, if any, is cut off from the database but not from the queue. */
  takeOver(partition: number): void {
    const lease = { partition, session: ++this.#session };
    const turns = { decide: (requests: readonly BookingRequest[]) => this.#decide(requests, lease.session) };
    const giveUp = () => {
      this.#owner?.abandon();
      this.takeOver(partition);
      return true;
    };
    this.#owner = new PartitionConsumer(lease, {
      redis,
      turns,
      metrics,
      logger,
      giveUp,
      onReady: () => undefined,
      refuse: () => undefined,
    });
  }

  /** The owner crashes at this moment of its next turn, if anything is left to be decided. */
  async crash(fault: Fault): Promise<void> {
    if (!this.#owner) return;
    if (this.decided.length < this.accepted.length) {
      this.#faultReached = false;
      this.#fault = fault;
      await eventually(() => this.#faultReached, { timeoutMs: stuckAfterMs, intervalMs: 2 });
      this.#fault = null;
    }
    this.#session++; // its lease ends with it
    this.#owner.abandon();
    this.#owner = null;
  }

  /**
   * A former owner wakes up after a freeze: its BullMQ loop fetches the next envelope before it learns that its
   * lease is gone, and decides nothing.
   */
  async wakeUpLate(): Promise<void> {
    const former = new Worker(this.queue.bull.name, null, {
      connection: redis,
      autorun: false,
      skipStalledCheck: true,
    });
    await former.getNextJob('a former owner', { block: false });
    await former.close(true);
  }

  async takeBack(): Promise<void> {
    await this.queue.takeBackActive();
  }

  async close(): Promise<void> {
    this.#owner?.abandon();
    await tick();
    await this.queue.bull.obliterate({ force: true });
    await this.queue.close();
  }

  async #decide(requests: readonly BookingRequest[], session: number): Promise<Outcome[]> {
    await tick();
    const fault = this.#fault;
    if (fault === 'before the commit') return this.#stopHere();
    if (session !== this.#session) return new Promise(() => undefined); // the lease is lost: nothing is written
    for (const { id } of requests) if (!this.decided.includes(id)) this.decided.push(id);
    if (fault === 'after the commit') return this.#stopHere();
    return requests.map(({ id }) => ({ id, status: 'rejected', problem: problem('seat_taken', 'Taken.') }));
  }

  #stopHere(): Promise<never> {
    this.#faultReached = true;
    return new Promise(() => undefined);
  }
}

type Command =
  | 'add'
  | 'take over'
  | 'crash before the commit'
  | 'crash after the commit'
  | 'wake up late'
  | 'take back';

async function run(commands: readonly Command[], number: number): Promise<Partition> {
  const partition = new Partition(number);
  let owned = false;
  for (const command of commands) {
    if (command === 'add') await partition.add();
    else if (command === 'wake up late') await partition.wakeUpLate();
    else if (command === 'take back') await partition.takeBack();
    else if (command === 'take over' && !owned) {
      partition.takeOver(number);
      owned = true;
    } else if (command.startsWith('crash') && owned) {
      await partition.crash(command.includes('before') ? 'before the commit' : 'after the commit');
      owned = false;
    }
  }
  if (!owned) partition.takeOver(number);
  await eventually(() => partition.decided.length >= partition.accepted.length, {
    timeoutMs: stuckAfterMs,
    intervalMs: 2,
  });
  return partition;
}

it('decides every envelope once, in order of acceptance, whatever happens to its owners', {
  timeout: allRunsMs + 20_000,
}, async () => {
  let partitions = 0;
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Command>('add') },
    { weight: 2, arbitrary: fc.constant<Command>('take over') },
    { weight: 1, arbitrary: fc.constant<Command>('crash before the commit') },
    { weight: 1, arbitrary: fc.constant<Command>('crash after the commit') },
    { weight: 2, arbitrary: fc.constant<Command>('wake up late') },
    { weight: 1, arbitrary: fc.constant<Command>('take back') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 16 }), async (commands) => {
      const partition = await run(commands, partitions++);
      expect(partition.decided).toEqual(partition.accepted);
      await partition.close();
    }),
    { seed: 9, numRuns: 40, endOnFailure: true, interruptAfterTimeLimit: allRunsMs, markInterruptAsFailure: true },
  );
});
