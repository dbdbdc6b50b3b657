import { expect, test } from 'vitest';
import { byKind, type CapacityMeasurements, readMeasurements } from './measurements.ts';
import { costOf, planCapacity, predictedRate } from './plan.ts';
import { describePlan } from './report.ts';

/** Round figures, to be checked by hand. */
const measured: CapacityMeasurements = {
  measuredAt: '2026-01-01T00:00:00.000Z',
  conditions: {},
  cores: 2,
  points: [
    {
      ...{ name: 'spread, waiting, 256 connections', gateways: 1, workers: 1, pinned: {}, rate: 4_500, p99Ms: 100 },
      cpuMicros: { gateway: 200, worker: 50, catalog: 10, redis: 20, postgres: 100, load: 20 },
    },
    {
      ...{ name: 'hot, waiting, 256 connections', gateways: 1, workers: 1, pinned: {}, rate: 9_000, p99Ms: 50 },
      cpuMicros: { gateway: 100, worker: 30, catalog: 1, redis: 10, postgres: 30, load: 20 },
    },
  ],
  viewing: { viewers: 1_000, microsPerEvent: 10, bytesPerViewer: 32_768 },
};
const demand = {
  ...{ bookingsPerSecond: 100_000, viewers: 1_000_000, changesPerSecond: 1, utilisation: 0.5, postgresCores: 64 },
};

test('a hundred thousand bookings a second and a million viewers', () => {
  expect(costOf(measured).name).toBe('spread, waiting, 256 connections');
  const { ceilings, ...plan } = planCapacity(measured, demand);
  expect(plan).toEqual({
    // 100,000 × 200 µs = 20 cores, at one half 40; 1,000,000 events × 10 µs = 10 cores, but 10,000 streams each.
    gateways: { forBookings: 40, forViewers: 100, total: 140, memoryGiB: expect.closeTo(0.56, 2) },
    workers: 10, // 100,000 × 50 µs = 5 cores
    partitions: 64, // the next power of two after four times ten
    catalogs: 2,
    redisMasters: 4, // 100,000 × 20 µs = 2 cores
    postgresCores: 20, // 100,000 × 100 µs = 10 cores
  });
  expect(ceilings.map(({ what, bookingsPerSecond }) => [what, bookingsPerSecond])).toEqual([
    ['one show: its partition has one worker', 10_000],
    ['one Redis server', 25_000],
    ['one PostgreSQL primary with 64 cores', 320_000],
    ['256 partitions, one worker each', 2_560_000],
  ]);
});

test('every service is planned with a spare', () => {
  const small = planCapacity(measured, { ...demand, bookingsPerSecond: 1, viewers: 0 });
  expect(small).toMatchObject({ gateways: { total: 2 }, workers: 2, catalogs: 2, redisMasters: 1, partitions: 8 });
});

test('a Redis Cluster has at least three masters', () => {
  const mastersFor = (bookingsPerSecond: number) =>
    planCapacity(measured, { ...demand, bookingsPerSecond }).redisMasters;
  // 25,000 × 20 µs are half a core, the most that may be used of one.
  expect([25_000, 26_000, 75_000, 76_000].map(mastersFor)).toEqual([1, 3, 3, 4]);
});

test('the figures of several processes of a kind are added up', () => {
  expect(byKind({ gateway: 1, 'gateway 2': 2, worker: 3, 'worker 12': 4, redis: 5 })).toEqual({
    ...{ gateway: 3, worker: 7, redis: 5 },
  });
});

test('the recorded measurements agree with the arithmetic: their cores, divided by the cost of a booking, give their rate', () => {
  const recorded = readMeasurements();
  const unpinned = recorded.points.filter(({ pinned }) => Object.keys(pinned).length === 0);
  expect(unpinned.length).toBeGreaterThan(0);
  for (const point of unpinned) {
    const share = point.rate / predictedRate(point, recorded.cores);
    // Cores are never busy all of the time; using more than all of it is impossible.
    expect(share, point.name).toBeGreaterThan(0.6);
    expect(share, point.name).toBeLessThan(1.05);
  }
});

test('the report has the number of each process, the measurements behind it, and the first ceiling', () => {
  const text = describePlan(measured, demand);
  for (const part of ['140', '64', '2026-01-01', 'one show: its partition has one worker', 'Redis Cluster'])
    expect(text).toContain(part);
});
