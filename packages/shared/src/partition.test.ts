import { describe, expect, it } from 'vitest';
import { partitionOf, queueName } from './partition.ts';

describe('partitionOf', () => {
  it('spreads shows evenly and is deterministic', () => {
    const counts = Array<number>(8).fill(0);
    for (let show = 1; show <= 800; show++) {
      const partition = partitionOf(show, 8);
      expect(partitionOf(show, 8)).toBe(partition);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(counts).toEqual(Array(8).fill(100));
  });

  it('names its queue with a hash tag, so that all of its keys share a slot of a cluster', () => {
    expect(queueName(3)).toBe('{booking-3}');
  });
});
