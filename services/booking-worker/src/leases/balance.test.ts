import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balance, type LeaseSituation } from './balance.ts';

interface Worker {
  held: Set<number>;
  refused: Set<number>;
}

/** Lets every worker in turn make its moves, until none has any left. Returns the number of rounds. */
function settle(partitions: number, workers: Worker[], leftovers = new Set<number>()): number {
  for (let round = 1; round < 50; round++) {
    let moves = 0;
    for (const [rank, worker] of workers.entries()) {
      const others = workers.filter((other) => other !== worker);
      const { release, adopt, free, room } = balance({
        ...{ partitions, rank, workers: workers.length, held: worker.held, refused: worker.refused },
        taken: new Set(workers.flatMap(({ held }) => [...held])),
        refusedByOthers: new Set(others.flatMap(({ refused }) => [...refused])),
        leftovers,
      });
      const acquire = [...adopt, ...free.slice(0, room)];
      for (const partition of release) worker.held.delete(partition);
      for (const partition of acquire) worker.held.add(partition);
      moves += release.length + acquire.length;
    }
    if (moves === 0) return round;
  }
  return Number.POSITIVE_INFINITY;
}

const worker = (held: number[] = [], refused: number[] = []): Worker => ({
  held: new Set(held),
  refused: new Set(refused),
});

describe('balance', () => {
  it('settles: every partition that some worker can serve has one owner, and no worker serves a partition that it refuses', () => {
    const drawnWorkers = fc.array(fc.record({ refused: fc.uniqueArray(fc.nat(15), { maxLength: 4 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), drawnWorkers, fc.nat(7), (partitions, drawn, first) => {
        const workers = drawn.map(({ refused }) => worker([], refused));
        // One of them held all the partitions, including some that no longer exist.
        const before = workers[first % workers.length] as Worker;
        for (let partition = 0; partition < 20; partition++) before.held.add(partition);
        expect(settle(partitions, workers)).toBeLessThan(50);
        const owned = workers.flatMap(({ held }) => [...held]).sort((a, b) => a - b);
        const servable = Array.from({ length: partitions }, (_, partition) => partition).filter((partition) =>
          workers.some(({ refused }) => !refused.has(partition)),
        );
        expect(owned).toEqual(servable);
        for (const { held, refused } of workers) expect([...held].filter((one) => refused.has(one))).toEqual([]);
      }),
    );
  });

  it('spreads partitions evenly if no worker refuses any', () => {
    const workers = Array.from({ length: 3 }, () => worker());
    (workers[2] as Worker).held = new Set([0, 1, 2, 3, 4, 5, 6, 7]);
    settle(8, workers);
    expect(workers.map(({ held }) => held.size).sort()).toEqual([2, 3, 3]);
  });

  it('takes a partition that another worker refuses, in addition to its own share, which it keeps', () => {
    const [old, next] = [worker([0, 1], [0]), worker([2, 3])];
    settle(4, [old, next]);
    expect([[...old.held], [...next.held].sort()]).toEqual([[1], [0, 2, 3]]);
    old.refused.clear();
    settle(4, [old, next]);
    expect([old.held.size, next.held.size]).toEqual([2, 2]);
  });

  it('serves partitions that no longer exist in addition to its share, until they are empty', () => {
    const workers = [worker([0, 1]), worker([2, 3])];
    settle(4, workers, new Set([7, 9]));
    const owned = () => workers.flatMap(({ held }) => [...held]).sort((a, b) => a - b);
    expect(owned()).toEqual([0, 1, 2, 3, 7, 9]);
    for (const { held } of workers) expect([...held].filter((partition) => partition < 4)).toHaveLength(2);
    settle(4, workers);
    expect(owned()).toEqual([0, 1, 2, 3]);
  });

  it('releases partitions that no longer exist', () => {
    const situation: LeaseSituation = {
      ...{ partitions: 2, workers: 1, rank: 0, held: new Set([0, 1, 2, 3]), taken: new Set([0, 1, 2, 3]) },
      ...{ refused: new Set(), refusedByOthers: new Set(), leftovers: new Set() },
    };
    expect(balance(situation)).toEqual({ release: [2, 3], adopt: [], free: [], room: 0 });
  });
});
