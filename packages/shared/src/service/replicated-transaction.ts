import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type IRedisTransaction, Queue } from 'bullmq';
import { type ChainableCommander, Cluster } from 'ioredis';
import { isReadOnly, type RedisClient } from './redis.ts';

export type Transaction = IRedisTransaction & ChainableCommander;
type Reply = [error: Error | null, result?: unknown];

/** How long the replicas have to confirm a write, in milliseconds. */
const confirmWithinMs = 500;
/** The pause before a transaction is sent again to a cluster that is being rearranged, in milliseconds. */
const rearrangedMs = 50;
const attemptLimit = 8;
/** How long to wait for a new connection, in milliseconds. After that, commands are sent regardless, and fail. */
const openWithinMs = 1_000;

/** The transaction has been executed, but not as many replicas as required have confirmed it. */
export class NotReplicatedError extends Error {
  override name = 'NotReplicatedError';
}

/** The replicas that a write waits for. */
export interface Replication {
  /** How many replicas must have it. */
  replicas: number;
  /**
   * Opens a connection that fails fast, for such writes alone: WAIT blocks its connection, and nothing else must queue up
   * behind it.
   */
  connect: () => RedisClient;
}

/** Executes transactions on the keys of one queue. */
export class QueueTransactions {
  readonly #queue: Queue;
  readonly #redis: RedisClient;
  readonly #replication: Replication | undefined;
  /** The same queue on the connection whose writes wait for replicas. */
  #replicated: { queue: Queue; redis: RedisClient; opened: Promise<unknown> } | null = null;

  constructor(queue: Queue, redis: RedisClient, replication?: Replication) {
    this.#queue = queue;
    this.#redis = redis;
    this.#replication = replication;
  }

  /** Opens the connection whose writes wait for replicas. If this is not called, the first transaction opens it. */
  open(): void {
    if (this.#replication) this.#open(this.#replication);
  }

  /**
   * Executes the commands that `write` adds as one transaction. If replicas are required, it then waits until they have its
   * writes.
   *
   * @returns the commands' results
   * @throws {NotReplicatedError}
   * @throws the first error of a command
   */
  async execute(write: (transaction: Transaction) => void): Promise<unknown[]> {
    const replies = this.#replication
      ? await this.#executeReplicated(this.#replication, write)
      : await execute(this.#queue, write);
    return replies.map(([error, result]) => {
      if (!error) return result;
      // ioredis looks for READONLY in replies only, not inside those of a transaction.
      if (isReadOnly(error)) (this.#replicated?.redis ?? this.#redis).disconnect(true);
      throw error;
    });
  }

  /**
   * Closes the connection whose writes wait for replicas, once it has had its replies. The next transaction would open
   * another.
   */
  async close(): Promise<void> {
    const replicated = this.#replicated;
    this.#replicated = null;
    await replicated?.queue.close();
    await replicated?.redis.quit().catch(() => replicated.redis.disconnect());
  }

  async #executeReplicated(replication: Replication, write: (transaction: Transaction) => void): Promise<Reply[]> {
    const { queue, redis, opened } = this.#open(replication);
    await opened;
    return executeReplicated({ queue, redis, replicas: replication.replicas }, write);
  }

  #open({ connect }: Replication): { queue: Queue; redis: RedisClient; opened: Promise<unknown> } {
    if (this.#replicated) return this.#replicated;
    const redis = connect();
    const queue = new Queue(this.#queue.name, { connection: redis, skipWaitingForReady: true, skipVersionCheck: true });
    queue.on('error', () => undefined); // the connection logs its own outages
    this.#replicated = { queue, redis, opened: firstAttempt(redis) };
    return this.#replicated;
  }
}

/** Settles when a new connection is ready or could not be opened. Never rejects. */
function firstAttempt(connection: RedisClient): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  const ended = ['ready', 'close'].map((event) => once(connection, event, { signal }));
  const first = Promise.race([...ended, delay(openWithinMs, undefined, { signal, ref: false })]);
  return first.catch(() => undefined).finally(() => over.abort());
}

async function execute(queue: Queue, write: (transaction: Transaction) => void): Promise<Reply[]> {
  const transaction = (await queue.backend.client).multi() as Transaction;
  write(transaction);
  return ((await transaction.exec()) ?? []) as Reply[];
}

/**
 * WAIT covers what its own connection has sent before, which is nothing if the connection has been opened since. So it is
 * sent with the transaction, never after it.
 */
async function executeReplicated(
  { queue, redis, replicas }: { queue: Queue; redis: RedisClient; replicas: number },
  write: (transaction: Transaction) => void,
): Promise<Reply[]> {
  const client = await queue.backend.client;
  for (let attempt = 1; ; attempt++) {
    // While a cluster is not connected, a pipeline would wait instead of failing.
    if (redis.status !== 'ready') throw new Error('Redis is not connected');
    const pipeline = client.pipeline() as Transaction & { multi(): void };
    pipeline.multi();
    write(pipeline);
    void pipeline.exec(); // only queues EXEC
    pipeline.wait(replicas, confirmWithinMs);
    const replies = ((await pipeline.exec()) ?? []) as Reply[];
    const rearranged = redis instanceof Cluster && replies.some(([error]) => error && isRearranged(error));
    if (!rearranged || attempt === attemptLimit) return confirmed(replies, replicas);
    // ioredis follows the redirection of a transaction only if its pipeline contains nothing else. From the redirection of a
    // single command it learns where the slot is.
    await redis.exists(queue.toKey('meta'));
    await delay(rearrangedMs);
  }
}

/** A slot has moved to another node, or is on its way there. */
function isRearranged({ message }: Error): boolean {
  return /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /.test(message);
}

function confirmed(replies: Reply[], replicas: number): Reply[] {
  const [[execError, results] = [null], [waitError, count] = [null]] = replies.slice(-2);
  const failure = replies.find(([error]) => error)?.[0] ?? execError ?? waitError;
  if (failure) throw failure;
  if (Number(count) < replicas) throw new NotReplicatedError(`${count} of ${replicas} replicas have confirmed`);
  return (results as unknown[]).map((result) => (result instanceof Error ? [result] : [null, result]));
}
