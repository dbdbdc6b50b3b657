/** The scripts for operations that must be atomic in Redis. queue-layout.ts describes the keys. */

/**
 * Counts the requests of an envelope as accepted, and stores in its job how many have been accepted up to its last one.
 * An envelope that was added before has been counted already. An envelope of an outdated partitioning is removed again: it
 * was added in the same transaction, so nobody has seen it.
 */
export const countAccepted = `
  local sequence = redis.call('hget', KEYS[3], 'sequence')
  if not sequence then
    local generation, least = tonumber(ARGV[2]), tonumber(redis.call('get', KEYS[4]) or 0)
    if generation < least then
      redis.call('lrem', KEYS[5], 1, ARGV[3])
      redis.call('del', KEYS[3])
      return {least}
    end
    if generation > least then redis.call('set', KEYS[4], generation) end
    sequence = redis.call('incrby', KEYS[1], ARGV[1])
    redis.call('hset', KEYS[3], 'sequence', sequence)
  end
  return {tonumber(sequence), tonumber(redis.call('get', KEYS[2]) or 0)}`;

/**
 * Atomic, so that afterwards the active list is empty and the original order is restored, whoever runs it. The locks are
 * deleted first: while a cluster moves the queue to another node, a script may fail at a key that it does not declare.
 */
export const takeBack = `
  local ids = redis.call('lrange', KEYS[1], 0, -1)
  for _, id in ipairs(ids) do redis.call('del', ARGV[1] .. id .. ':lock') end
  for _, id in ipairs(ids) do redis.call('rpush', KEYS[2], id) end
  redis.call('del', KEYS[1])
  if #ids > 0 then redis.call('zadd', KEYS[3], 0, '0') end
  return ids`;

/** The value only grows, so the order of calls does not matter. */
export const raiseLeast = `
  if tonumber(redis.call('get', KEYS[1]) or 0) < tonumber(ARGV[1]) then redis.call('set', KEYS[1], ARGV[1]) end`;

export const settleCounts = `
  if redis.call('llen', KEYS[1]) == 0 and redis.call('llen', KEYS[2]) == 0 then
    redis.call('set', KEYS[4], redis.call('get', KEYS[3]) or '0')
  end`;

export const countUnfinished = `return redis.call('llen', KEYS[1]) + redis.call('llen', KEYS[2])`;

/** Writes to a job if it exists, so that replicas have something to acknowledge. */
export const touch = `
  if redis.call('exists', KEYS[1]) == 0 then return 0 end
  redis.call('hset', KEYS[1], 'touched', '1')
  return 1`;
