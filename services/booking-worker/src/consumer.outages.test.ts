/** How a consumer comes through outages, and stops, with a queue in memory: its other tests have a real Redis. */
import { describe, expect, it, vi } from 'vitest';
import { modelQueue } from '../test/model-queue.ts';
import { add, giveUp, logger, onReady, pass, start, turns } from '../test/protocol-consumer.ts';

vi.mock('@boxoffice/shared/queue-layout', () => import('../test/model-queue.ts'));
vi.mock('node:timers/promises', () => import('../test/promised-timers.ts'));

describe('an outage of Redis', () => {
  it('suspends the consumer, which then decides the envelope that had not arrived', async () => {
    const consumer = await start();
    modelQueue.onActiveIds = async () => consumer.suspend();
    add('a');
    await pass(0);
    expect([turns.decided, modelQueue.active.length]).toEqual([[], 1]);
    modelQueue.onActiveIds = async () => undefined;
    add('b');
    await pass(0);
    expect(turns.decided).toEqual([]);
    consumer.resume();
    await pass(0);
    expect(turns.decided).toEqual(['a', 'b']);
    expect(onReady).toHaveBeenCalledTimes(2);
  });

  it('does not begin the next envelope before the current one is decided', async () => {
    turns.areHeldUp = true;
    const consumer = await start();
    add('a', 'b');
    await pass(0);
    modelQueue.isAway = true;
    consumer.suspend();
    modelQueue.isAway = false;
    consumer.resume();
    await pass(0);
    expect([turns.decided, modelQueue.workers.length]).toEqual([['a'], 1]);
    turns.begun[0]?.end.reject(new Error('the lease is lost'));
    await pass(0);
    expect(turns.decided).toEqual(['a', 'a']);
  });

  it('ignores that a former worker becomes ready late', async () => {
    modelQueue.connects = false;
    const consumer = await start();
    consumer.suspend();
    modelQueue.workers[0]?.emit('ready');
    expect(onReady).not.toHaveBeenCalled();
  });
});

describe('what the consumer does not notice itself', () => {
  it('an envelope that was handed out but never received is decided after two seconds', async () => {
    await start();
    modelQueue.fetches = false;
    add('a', 'b');
    modelQueue.lose();
    modelQueue.fetches = true;
    await pass(1_999);
    expect(turns.decided).toEqual([]);
    await pass(1);
    expect(turns.decided).toEqual(['a', 'b']);
    expect(logger.warn).toHaveBeenCalledWith({ envelope: 'a' }, 'envelope was handed out but never received');
  });

  it('an envelope that is being decided is no stray, however long it takes', async () => {
    turns.areHeldUp = true;
    await start();
    add('a', 'b');
    await pass(60_000);
    expect([turns.decided, modelQueue.workers.length]).toEqual([['a'], 1]);
    await turns.endLatest();
    modelQueue.fetches = false;
    await turns.endLatest();
    modelQueue.active = [{ id: 'b', data: { requests: [], reply_to: '' }, addedAt: 0 }];
    await pass(3_000);
    expect(modelQueue.workers).toHaveLength(2);
  });

  /** The consumer's connections accept nothing more; then an envelope waits. */
  async function breakDown(): Promise<void> {
    Object.assign(modelQueue, { fetches: false, connects: false });
    add('a');
  }

  it('a queue that is not fetched is given up once two new workers have not helped', async () => {
    giveUp.mockReturnValue(true);
    await start();
    await breakDown();
    await pass(12_000);
    expect([modelQueue.workers.length, giveUp.mock.calls.length]).toEqual([3, 0]);
    expect(logger.warn).toHaveBeenCalledWith({ envelope: 'a' }, 'envelope is not fetched');
    await pass(6_000);
    expect([modelQueue.workers.length, giveUp.mock.calls.length]).toEqual([3, 1]);
    expect(logger.warn).toHaveBeenLastCalledWith('reconnecting does not help: giving up the partitions');
  });

  it('more workers are tried when nobody else could serve the partition', async () => {
    giveUp.mockReturnValue(false);
    await start();
    await breakDown();
    await pass(24_000);
    expect([modelQueue.workers.length, giveUp.mock.calls.length]).toEqual([5, 2]);
  });

  it.each([
    ['counts from the beginning after an envelope that was fetched by a worker that was ready', true, [5, 0]],
    ['counts on after an envelope whose worker never was', false, [4, 1]],
  ])('%s', async (_, connects, expected) => {
    giveUp.mockReturnValue(true);
    await start();
    await breakDown();
    Object.assign(modelQueue, { connects });
    await pass(11_000);
    modelQueue.fetches = true;
    await pass(1_000);
    expect(turns.decided).toEqual(['a']);
    modelQueue.fetches = false;
    add('b');
    await pass(connects ? 12_000 : 6_000);
    expect([modelQueue.workers.length, giveUp.mock.calls.length]).toEqual(connects ? expected : [3, 1]);
  });

  it('is not looked for while the consumer is suspended', async () => {
    const consumer = await start();
    consumer.suspend();
    add('a');
    await pass(30_000);
    expect([modelQueue.workers.length, logger.warn.mock.calls]).toEqual([1, []]);
  });
});

describe('a consumer that stops', () => {
  it('finishes the current envelope and nothing behind it', async () => {
    turns.areHeldUp = true;
    const consumer = await start();
    add('a', 'b');
    await pass(0);
    let closed = false;
    const closing = consumer.close().then(() => {
      closed = true;
    });
    await pass(30_000);
    expect([closed, modelQueue.open]).toEqual([false, 1]);
    await turns.endLatest();
    await closing;
    expect([modelQueue.finished, modelQueue.open]).toEqual([new Map([['a', { rejected: 1 }]]), 0]);
    await pass(30_000);
    expect([turns.decided, modelQueue.workers.length]).toEqual([['a'], 1]);
  });

  it('waits for an envelope that is decided although it is suspended', async () => {
    turns.areHeldUp = true;
    const consumer = await start();
    add('a');
    await pass(0);
    consumer.suspend();
    const closing = consumer.close();
    await pass(0);
    expect(modelQueue.open).toBe(1);
    await turns.endLatest();
    await closing;
    expect(modelQueue.open).toBe(0);
  });

  it('leaves everything to the next owner when it is abandoned, even if Redis does not respond', async () => {
    turns.areHeldUp = true;
    const consumer = await start();
    add('a', 'b');
    await pass(0);
    modelQueue.isAway = true;
    consumer.abandon();
    modelQueue.isAway = false;
    consumer.resume();
    await turns.endLatest();
    await pass(30_000);
    expect([turns.decided, modelQueue.active.length, modelQueue.workers.length]).toEqual([['a'], 1, 1]);
    expect([logger.warn.mock.calls, modelQueue.open]).toEqual([[], 0]);
    await start();
    expect(turns.decided).toEqual(['a', 'a']);
  });
});
