/** Operations on servers rather than keys: on a cluster, on each of its masters. */
import { Cluster, Command, type Redis } from 'ioredis';
import type { HealthWarning } from './health.ts';
import type { RedisClient } from './redis.ts';

/** The servers that accept writes, as far as they are known. */
export function mastersOf(redis: RedisClient): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

/** The masters of these keys, as far as they are known; without keys, all masters. */
export function mastersFor(redis: RedisClient, keys: readonly string[]): Redis[] {
  if (!(redis instanceof Cluster) || keys.length === 0) return mastersOf(redis);
  const addresses = keys.map((key) => redis.slots[new Command('get', [key]).getSlot()]?.[0]);
  return mastersOf(redis).filter(({ options }) => addresses.includes(`${options.host}:${options.port}`));
}

/**
 * The server through which this process publishes. Messages sent through one server arrive in order, even on a cluster,
 * whose nodes forward them to each other.
 */
export function publisherOf(redis: RedisClient): RedisClient {
  if (!(redis instanceof Cluster)) return redis;
  const masters = mastersOf(redis);
  return masters[process.pid % masters.length] ?? redis;
}

/** For readiness probes: rejects when no master responds, and warns when one does not. */
export async function checkRedis(redis: RedisClient): Promise<HealthWarning | null> {
  const masters = mastersOf(redis);
  const pings = await Promise.allSettled(masters.map((master) => master.ping()));
  const failed = pings.flatMap((ping) => (ping.status === 'rejected' ? [ping.reason as Error] : []));
  if (failed.length === masters.length) throw failed[0] ?? new Error('no node of the cluster responds');
  return failed[0]
    ? { warning: `${failed.length} of ${masters.length} masters do not respond: ${failed[0].message}` }
    : null;
}

/**
 * A section of the INFO of each master that responds.
 *
 * @param redis fails fast
 * @throws when none responds
 */
export async function infoOfMasters(redis: RedisClient, section: string): Promise<string[]> {
  const infos = await Promise.allSettled(mastersOf(redis).map((master) => master.info(section)));
  const found = infos.flatMap((info) => (info.status === 'fulfilled' ? [info.value] : []));
  if (found.length === 0) throw new Error('no master responds');
  return found;
}
