import { describe, expect, it } from 'vitest';
import { fairShare } from './fair-share.ts';

describe('fairShare', () => {
  const upTo32 = Array.from({ length: 32 }, (_, index) => index + 1);

  it.each(upTo32)('distributes %i partitions completely and evenly among any number of workers', (partitions) => {
    for (const workers of upTo32) {
      const shares = Array.from({ length: workers }, (_, rank) => fairShare(partitions, workers, rank));
      expect(shares.reduce((sum, share) => sum + share)).toBe(partitions);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }
  });
});
