import { setImmediate as endOfTick } from 'node:timers/promises';
import { newEnvelopeId } from '@boxoffice/shared/booking-id';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rounds } from './rounds.ts';

/** Counts its pending requests. */
class Counted {
  readonly number: number;
  pendingCount = 0;
  oldestPendingSince: number | undefined;

  constructor(number: number) {
    this.number = number;
  }

  refusePending(): void {
    this.pendingCount = 0;
  }
}

/** One worker owns the even partitions, another the odd ones. */
const ownerOf = (partition: number) => partition % 2;
const partitions = [0, 1, 2].map((number) => new Counted(number));
let sent: { id: string; partition: number; requests: number }[];
let rounds: Rounds<Counted>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
  sent = [];
  for (const partition of partitions) partition.refusePending();
  rounds = new Rounds<Counted>(() => partitions, {
    ownerOf,
    async send(partition) {
      const id = newEnvelopeId(partition.number);
      rounds.expectOutcomes(id);
      sent.push({ id, partition: partition.number, requests: partition.pendingCount });
      partition.pendingCount = 0;
      partition.oldestPendingSince = undefined;
      return true;
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Adds pending requests to partitions; returns what is sent immediately. */
async function request(...numbers: number[]): Promise<[partition: number, requests: number][]> {
  for (const number of numbers) {
    const partition = partitions[number] as Counted;
    partition.pendingCount++;
    partition.oldestPendingSince ??= performance.now();
  }
  rounds.start();
  return settle();
}

async function settle(): Promise<[partition: number, requests: number][]> {
  const before = sent.length;
  await endOfTick();
  await endOfTick();
  return sent.slice(before).map(({ partition, requests }) => [partition, requests]);
}

test('a request that comes alone is sent immediately', async () => {
  expect(await request(1)).toEqual([[1, 1]]);
});

test('while a worker decides, requests for all its partitions gather, and go together', async () => {
  expect(await request(0, 0)).toEqual([[0, 2]]);
  expect(await request(0, 2)).toEqual([]);
  expect(await request(2)).toEqual([]);
  rounds.outcomesArrived(sent[0]?.id ?? '');
  expect(await settle()).toEqual([
    [0, 1],
    [2, 2],
  ]);
  rounds.outcomesArrived(sent[1]?.id ?? '');
  expect(await request(0)).toEqual([]); // partition 2 is still being decided
});

test('no worker waits for another', async () => {
  expect(await request(0)).toEqual([[0, 1]]);
  expect(await request(1, 2)).toEqual([[1, 1]]);
});

test('a large envelope follows one that is being decided, a third waits until it is full', async () => {
  await request(0);
  expect(await request(...Array(23).fill(0))).toEqual([]);
  expect(await request(0)).toEqual([[0, 24]]);
  expect(await request(...Array(127).fill(0))).toEqual([]);
  expect(await request(0)).toEqual([[0, 128]]);
});

test('a large round follows one that is being decided, whichever partitions its requests are for', async () => {
  await request(0, 2);
  expect(await request(...Array(12).fill(0), ...Array(11).fill(2))).toEqual([]);
  expect(await request(2)).toEqual([
    [0, 12],
    [2, 12],
  ]);
  expect(await request(...Array(30).fill(0))).toEqual([]);
});

test('requests gather for 20 ms at most, even if outcomes never arrive', async () => {
  await request(0);
  expect(await request(0)).toEqual([]);
  vi.advanceTimersByTime(19);
  expect(await settle()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(await settle()).toEqual([[0, 1]]);
});

test.each([
  { servers: 'one server', isOneServer: true, left: [0, 0] },
  { servers: 'a cluster', isOneServer: false, left: [0, 1] },
])(
  'when a partition cannot be sent, the requests that have gathered for it are refused, on one server also those for others: $servers',
  async ({ isOneServer, left }) => {
    const fail = Promise.withResolvers<boolean>();
    const [failing, other] = [new Counted(0), new Counted(1)];
    const sendOne = vi.fn<(partition: Counted) => Promise<boolean>>(async (partition) => {
      partition.pendingCount = 0;
      return partition === failing ? fail.promise : new Promise(() => undefined);
    });
    const own = new Rounds<Counted>(() => [failing, other], { ownerOf, isOneServer, send: sendOne });
    failing.pendingCount = 1;
    own.start();
    await endOfTick();
    for (const partition of [failing, other]) partition.pendingCount++;
    let kept: number[] = [];
    sendOne.mockImplementation(async (partition) => {
      kept = [failing.pendingCount, other.pendingCount];
      partition.pendingCount = 0;
      return true;
    });
    fail.resolve(false);
    await endOfTick();
    expect(kept.length > 0 ? kept : [failing.pendingCount, other.pendingCount]).toEqual(left);
  },
);

test('on a cluster, partitions on other masters do not wait for a master that does not respond', async () => {
  const [frozen, other] = [new Counted(0), new Counted(1)];
  const freeze = Promise.withResolvers<boolean>();
  const sentTo: Counted[] = [];
  const own = new Rounds<Counted>(() => [frozen, other], {
    ownerOf,
    isOneServer: false,
    async send(partition) {
      sentTo.push(partition);
      partition.pendingCount = 0;
      return partition === frozen ? freeze.promise : true;
    },
  });
  const requestBoth = async () => {
    for (const partition of [frozen, other]) partition.pendingCount++;
    own.start();
    await settle();
  };
  await requestBoth();
  expect(sentTo).toEqual([frozen, other]);
  await requestBoth();
  expect(sentTo).toHaveLength(2); // the round is in progress
  vi.advanceTimersByTime(20);
  await settle();
  expect(sentTo.slice(2)).toEqual([other]);
  await requestBoth();
  expect(sentTo.slice(3)).toEqual([other]);
  // The frozen master is tried again once the outcome of the first attempt is known, but not for requests that gathered meanwhile.
  freeze.resolve(false);
  await settle();
  expect(frozen.pendingCount).toBe(0);
  await requestBoth();
  expect(sentTo.slice(4)).toEqual([frozen, other]);
});
