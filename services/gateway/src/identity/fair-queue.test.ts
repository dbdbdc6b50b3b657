import { expect, test } from 'vitest';
import { type Lane, laneOf } from '../http/client-address.ts';
import { FairQueue, type FairQueueLimits } from './fair-queue.ts';

const limits: FairQueueLimits = {
  ...{ running: 3, runningPerNetwork: 2 },
  ...{ waiting: 256, waitingPerAddress: 64, waitMs: 60_000 },
};
const lane = (address: string, network = address): Lane => ({ address, network });
const refused = { problem: { status: 429, code: 'too_many_requests' }, retryAfterSeconds: 3 };

/** Work that ends when the gate opens. */
function gated() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await opened;
    running -= 1;
  };
  return { work, open, most: () => most, running: () => running };
}
const firstError = (runs: Promise<unknown>[]) =>
  Promise.any(
    runs.map((run) =>
      run.then(
        () => Promise.reject(),
        (error: unknown) => error,
      ),
    ),
  );

test('few run at a time, many wait, and beyond that work is refused immediately', async () => {
  const queue = new FairQueue(limits);
  const { work, open, most } = gated();
  const runs = Array.from({ length: 400 }, (_, i) => queue.run(lane(`lane ${i % 8}`), work));
  expect(await firstError(runs)).toMatchObject(refused);
  open();
  const done = await Promise.allSettled(runs);
  expect(most()).toBe(3);
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(256 + most());
  await queue.run(lane('lane'), async () => {}); // nothing is waiting and no slot is lost
});

test('one lane takes neither every slot nor every place', async () => {
  const queue = new FairQueue(limits);
  const crowd = gated();
  const runs = Array.from({ length: 300 }, () => queue.run(lane('crowd'), crowd.work));
  expect(await firstError(runs)).toMatchObject(refused);
  expect(crowd.running()).toBe(2);
  expect(await queue.run(lane('newcomer'), async () => 'done')).toBe('done');
  crowd.open();
  const done = await Promise.allSettled(runs);
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(2 + 64);
});

test('lanes take turns, and each keeps its own order', async () => {
  const queue = new FairQueue({ ...limits, running: 1, runningPerNetwork: 1 });
  const { work, open } = gated();
  const order: string[] = [];
  const runs = [queue.run(lane('first'), work)];
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'])
    runs.push(queue.run(lane(name[0] ?? ''), async () => void order.push(name)));
  open();
  await Promise.all(runs);
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('addresses take turns within their network, and networks among each other', async () => {
  const queue = new FairQueue({ ...limits, running: 1, runningPerNetwork: 1 });
  const { work, open } = gated();
  const order: string[] = [];
  const runs = [queue.run(lane('first'), work)];
  for (const name of ['a1', 'a2', 'b1', 'c1', 'z1', 'z2'])
    runs.push(queue.run(lane(name[0] ?? '', name < 'y' ? 'n' : 'm'), async () => void order.push(name)));
  open();
  await Promise.all(runs);
  expect(order).toEqual(['a1', 'z1', 'b1', 'z2', 'c1', 'a2']);
});

test.each([
  ['two hundred /64s of one /48', (i: number) => `2001:db8:bad:${(i % 200).toString(16)}::1`, 1_000],
  ['dozens of addresses', (i: number) => `203.0.${i % 48}.7`, 48 * 64],
])('%s cannot keep a newcomer out', async (_crowd, address, attempts) => {
  const queue = new FairQueue(limits);
  const { work, open } = gated();
  const crowd = Array.from({ length: attempts }, (_, i) => queue.run(laneOf(address(i)), work));
  const refusals = Promise.allSettled(crowd);
  // The newcomer also waits where every slot is taken.
  const others = ['192.0.2.1', '198.51.100.1'].map((ip) => queue.run(laneOf(ip), work));
  const order: string[] = [];
  const victim = queue.run(laneOf('2001:db8:600d::1'), async () => void order.push('victim'));
  open();
  await victim;
  await Promise.all(others);
  const done = (await refusals).filter(({ status }) => status === 'fulfilled').length;
  expect(order).toEqual(['victim']);
  expect(done).toBeGreaterThan(200);
});

test('within a full network, the address with the most waiters gives way', async () => {
  const queue = new FairQueue({ ...limits, running: 1, waiting: 4 });
  const { work, open } = gated();
  const greedy = Array.from({ length: 5 }, () => queue.run(lane('greedy', 'n'), work));
  const modest = queue.run(lane('modest', 'n'), work);
  const done = Promise.allSettled(greedy);
  open();
  await modest;
  expect((await done).map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), 'rejected']);
});

test('work whose turn does not come in time is refused while the slots are still taken', async () => {
  const queue = new FairQueue({ ...limits, runningPerNetwork: 1, waitMs: 20 });
  const { work, open } = gated();
  const first = queue.run(lane('lane'), work);
  await expect(queue.run(lane('lane'), work)).rejects.toMatchObject(refused);
  open();
  await first;
  await queue.run(lane('lane'), async () => {});
});

test('work that fails still releases its slot', async () => {
  const queue = new FairQueue(limits);
  const runs = Array.from({ length: 10 }, (_, i) =>
    queue.run(lane('lane'), async () => {
      if (i % 2) throw new Error('no');
    }),
  );
  const done = await Promise.allSettled(runs);
  expect(done.map(({ status }) => status)).toEqual(done.map((_, i) => (i % 2 ? 'rejected' : 'fulfilled')));
});
