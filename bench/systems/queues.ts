import { setTimeout as delay } from 'node:timers/promises';
import { queueName } from '@boxoffice/shared/partition';
import type { Redis } from 'ioredis';

/** Polling interval of the queues, in milliseconds: the precision of "the last outcome". */
const pollEveryMs = 10;
/** An empty queue may still be about to receive requests. Longer than a gateway holds any back, in milliseconds. */
const staysEmptyMs = 100;
/** After this long, missing outcomes are considered lost, in milliseconds. */
const drainTimeoutMs = 120_000;

/** Describes the jobs in these states, a phrase per queue and state that has any. */
export async function listJobs(
  redis: Redis,
  partitions: number,
  { lists, sets }: { lists: string[]; sets: string[] },
): Promise<string[]> {
  const pipeline = redis.pipeline();
  const names: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    for (const list of lists) pipeline.llen(`bull:${queueName(partition)}:${list}`);
    for (const set of sets) pipeline.zcard(`bull:${queueName(partition)}:${set}`);
    names.push(...[...lists, ...sets].map((state) => `${queueName(partition)} ${state}`));
  }
  const counts = (await pipeline.exec()) ?? [];
  return names.flatMap((name, i) => (Number(counts[i]?.[1]) > 0 ? [`${name}: ${counts[i]?.[1]}`] : []));
}

/** Waits until every accepted request has its outcome; returns since when, by `performance.now()`. */
export async function waitUntilDrained(
  redis: Redis,
  partitions: number,
  gatewayUrl: string,
  signal: AbortSignal,
): Promise<number> {
  const deadline = performance.now() + drainTimeoutMs;
  // The gateway may not have read everything a generator sent before it disconnected. Once this is answered, it has.
  let allRead = false;
  const reading = fetch(`${gatewayUrl}/livez`, { signal }).then(() => {
    allRead = true;
  });
  let emptySince: number | null = null;
  while (!allRead || emptySince === null || performance.now() - emptySince < staysEmptyMs) {
    signal.throwIfAborted();
    const nowMs = performance.now();
    if (nowMs > deadline) throw new Error('Some accepted requests had no outcome after two minutes');
    const jobs = await listJobs(redis, partitions, { lists: ['wait', 'active'], sets: [] });
    emptySince = jobs.length === 0 ? (emptySince ?? nowMs) : null;
    await delay(pollEveryMs);
  }
  await reading;
  return emptySince;
}
