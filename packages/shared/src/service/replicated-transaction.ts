import { setTimeout as delay } from 'node:timers/promises';
import type { IRedisTransaction, Queue } from 'bullmq';
import { type ChainableCommander, Cluster } from 'ioredis';
import { isReadOnly, type RedisClient } from './redis.ts';

export type Transaction = IRedisTransaction & ChainableCommander;
type Reply = [error: Error | null, result?: unknown];

/** How long the replicas have to confirm a write, in milliseconds. */
const confirmWithinMs = 500;
/** The pause before a transaction is sent again to a cluster that is being rearranged, in milliseconds. */
const rearrangedMs = 50;
const attemptLimit = 8;

/** The transaction has been executed, but not as many replicas as required have confirmed it. */
export class NotReplicatedError extends Error {
  override name = 'NotReplicatedError';
}

/**
 * Executes the commands that `write` adds as one transaction. With `replicas`, it waits until that many replicas have
 * what it wrote. WAIT covers what its own connection has sent before, and on a connection that was opened since, nothing:
 * so it is sent with the transaction, never after it.
 *
 * @param options.queue the queue whose keys are written, with this connection
 * @returns the commands' results
 * @throws {NotReplicatedError}
 * @throws the first error of a command
 */
export async function transact(
  options: { queue: Queue; redis: RedisClient; replicas: number },
  write: (transaction: Transaction) => void,
): Promise<unknown[]> {
  return (await execute(options, write)).map(([error, result]) => {
    if (!error) return result;
    // ioredis looks for READONLY in replies only, not inside those of a transaction.
    if (isReadOnly(error)) options.redis.disconnect(true);
    throw error;
  });
}

async function execute(
  { queue, redis, replicas }: { queue: Queue; redis: RedisClient; replicas: number },
  write: (transaction: Transaction) => void,
): Promise<Reply[]> {
  const client = await queue.backend.client;
  if (replicas === 0) {
    const transaction = client.multi() as Transaction;
    write(transaction);
    return ((await transaction.exec()) ?? []) as Reply[];
  }
  for (let attempt = 1; ; attempt++) {
    // A pipeline of a cluster that is not connected yet would wait for it.
    if (redis.status !== 'ready') throw new Error('Redis is not connected');
    const pipeline = client.pipeline() as Transaction & { multi(): void };
    pipeline.multi();
    write(pipeline);
    void pipeline.exec(); // only queues EXEC
    pipeline.wait(replicas, confirmWithinMs);
    const replies = ((await pipeline.exec()) ?? []) as Reply[];
    const rearranged = redis instanceof Cluster && replies.some(([error]) => error && isRearranged(error));
    if (!rearranged || attempt === attemptLimit) return confirmed(replies, replicas);
    // ioredis follows redirections of a transaction only if nothing else is in the pipeline, but always those of a command.
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
