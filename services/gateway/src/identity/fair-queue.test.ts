import { expect, test } from 'vitest';
import { FairQueue, type FairQueueLimits } from './fair-queue.ts';

const limits: FairQueueLimits = { running: 3, runningPerLane: 2, waiting: 256, waitingPerLane: 64, waitMs: 60_000 };
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
  const runs = Array.from({ length: 400 }, (_, i) => queue.run(`lane ${i % 8}`, work));
  expect(await firstError(runs)).toMatchObject(refused);
  open();
  const done = await Promise.allSettled(runs);
  expect(most()).toBe(3);
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(256 + most());
  await queue.run('lane', async () => {}); // nothing is waiting and no slot is lost
});

test('one lane takes neither every slot nor every place', async () => {
  const queue = new FairQueue(limits);
  const crowd = gated();
  const runs = Array.from({ length: 300 }, () => queue.run('crowd', crowd.work));
  expect(await firstError(runs)).toMatchObject(refused);
  expect(crowd.running()).toBe(2);
  expect(await queue.run('newcomer', async () => 'done')).toBe('done');
  crowd.open();
  const done = await Promise.allSettled(runs);
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(2 + 64);
});

test('lanes take turns, and each keeps its own order', async () => {
  const queue = new FairQueue({ ...limits, running: 1, runningPerLane: 1 });
  const { work, open } = gated();
  const order: string[] = [];
  const runs = [queue.run('first', work)];
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'])
    runs.push(queue.run(name[0] ?? '', async () => void order.push(name)));
  open();
  await Promise.all(runs);
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('work whose turn does not come in time is refused while the slots are still taken', async () => {
  const queue = new FairQueue({ ...limits, runningPerLane: 1, waitMs: 20 });
  const { work, open } = gated();
  const first = queue.run('lane', work);
  await expect(queue.run('lane', work)).rejects.toMatchObject(refused);
  open();
  await first;
  await queue.run('lane', async () => {});
});

test('work that fails still releases its slot', async () => {
  const queue = new FairQueue(limits);
  const runs = Array.from({ length: 10 }, (_, i) =>
    queue.run('lane', async () => {
      if (i % 2) throw new Error('no');
    }),
  );
  const done = await Promise.allSettled(runs);
  expect(done.map(({ status }) => status)).toEqual(done.map((_, i) => (i % 2 ? 'rejected' : 'fulfilled')));
});
