import { partitionOf } from '@boxoffice/shared/partition';
import type { Boxoffice } from './boxoffice.ts';
import { eventually } from './eventually.ts';
import type { SpawnedService } from './service.ts';

/** Waits until these workers share the partitions evenly, and returns the one that serves this show. */
export function ownerOf(
  boxoffice: Boxoffice,
  showId: number,
  workers: readonly SpawnedService[] = boxoffice.workers,
): Promise<SpawnedService> {
  const partitions = Number(boxoffice.environment.BOOKING_PARTITIONS ?? 4);
  return eventually(() => {
    const shares = workers.map(partitionsOf);
    const sizes = shares.map((share) => share.size);
    const even = Math.max(...sizes) - Math.min(...sizes) <= 1 && sizes.reduce((sum, size) => sum + size) === partitions;
    return even && workers.find((_, index) => shares[index]?.has(partitionOf(showId, partitions)));
  });
}

/** The partitions that a worker serves, according to its log. */
function partitionsOf(worker: SpawnedService): Set<number> {
  const held = new Set<number>();
  for (const line of worker.logs) {
    const { msg, partition } = JSON.parse(line) as { msg?: string; partition?: number };
    if (msg === 'partition taken' && partition !== undefined) held.add(partition);
    if (msg === 'partition handed over' && partition !== undefined) held.delete(partition);
    if (msg === 'lease connection lost') held.clear();
  }
  return held;
}
