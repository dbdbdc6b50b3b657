/** What a consumer does with its queue, step by step, with a queue in memory: its other tests have a real Redis. */
import { describe, expect, it, vi } from 'vitest';
import { modelQueue } from '../test/model-queue.ts';
import {
  add,
  logger,
  onReady,
  outcomeOf,
  pass,
  publish,
  refuse,
  request,
  start,
  turns,
} from '../test/protocol-consumer.ts';

vi.mock('@boxoffice/shared/queue-layout', () => import('../test/model-queue.ts'));
vi.mock('node:timers/promises', () => import('../test/promised-timers.ts'));

describe('a consumer', () => {
  it('decides the envelopes of its partition in order, one at a time', async () => {
    turns.areHeldUp = true;
    await start();
    expect([modelQueue.partitions, logger.child.mock.calls]).toEqual([[3], [[{ partition: 3 }]]]);
    expect(onReady).toHaveBeenCalledTimes(1);
    add('a', 'b');
    await pass(0);
    expect(turns.decided).toEqual(['a']);
    await turns.endLatest();
    expect(turns.decided).toEqual(['a', 'b']);
    expect(modelQueue.finished).toEqual(new Map([['a', { rejected: 1 }]]));
    await turns.endLatest();
    expect([modelQueue.active, modelQueue.decided, modelQueue.settled]).toEqual([[], 2, 1]);
  });

  it('publishes, counts and logs the outcomes of an envelope, which fails only if all its requests do', async () => {
    await start();
    modelQueue.add('mixed', [request('1'), request('2 fails'), request('3')]);
    modelQueue.add('hopeless', [request('4 fails'), request('5 fails')]);
    await pass(0);
    expect([...modelQueue.finished.values()]).toEqual([
      { rejected: 2, failed: 1 },
      'UnrecoverableError: none of the requests could be decided',
    ]);
    expect(modelQueue.decided).toBe(5);
    expect(publish.mock.calls).toEqual([
      ['reply to mixed', JSON.stringify(['1', '2 fails', '3'].map((id) => outcomeOf(request(id))))],
      ['reply to hopeless', JSON.stringify(['4 fails', '5 fails'].map((id) => outcomeOf(request(id))))],
    ]);
    expect(logger.info).toHaveBeenCalledTimes(5);
    const metrics = await turns.registry.metrics();
    expect(metrics).toContain('booking_envelope_requests_sum 5');
    expect(metrics).toContain('booking_envelope_requests_count 2');
  });

  it('serves on when its counts cannot be written and a connection reports an error', async () => {
    modelQueue.cannotCount = true;
    await start();
    modelQueue.workers[0]?.emit('error', new Error('reset'));
    expect(logger.debug).toHaveBeenCalledExactlyOnceWith({ reason: 'reset' }, 'queue error');
    add('a', 'b');
    await pass(0);
    expect(turns.decided).toEqual(['a', 'b']);
  });

  it('begins with what was handed out to the former owner', async () => {
    add('a', 'b', 'c');
    modelQueue.lose();
    modelQueue.lose();
    await start();
    expect(turns.decided).toEqual(['a', 'b', 'c']);
    expect(logger.warn.mock.calls).toEqual(['b', 'a'].map((envelope) => [{ envelope }, 'envelope taken back']));
  });

  it('tries four times a second to start while Redis does not respond', async () => {
    modelQueue.isAway = true;
    add('a');
    await start();
    await pass(600);
    expect(logger.warn.mock.calls).toEqual(
      Array.from({ length: 3 }, () => [{ reason: 'away' }, 'cannot start serving the partition yet']),
    );
    modelQueue.isAway = false;
    await pass(150);
    expect([turns.decided, modelQueue.workers.length]).toEqual([['a'], 1]);
  });

  it('does not start any more once it is abandoned', async () => {
    modelQueue.isAway = true;
    const consumer = await start();
    consumer.abandon();
    modelQueue.isAway = false;
    await pass(10_000);
    expect(modelQueue.workers).toEqual([]);
  });

  it.each(['abandon', 'close'] as const)('opens no worker after `%s` while it takes envelopes back', async (stop) => {
    const taking = Promise.withResolvers<void>();
    modelQueue.onTakeBack = () => taking.promise;
    const consumer = await start();
    const stopped = consumer[stop]();
    taking.resolve();
    await stopped;
    await pass(0);
    expect(modelQueue.workers).toEqual([]);
  });
});

describe('an envelope that is not the only one handed out', () => {
  it('is decided after those ahead of it', async () => {
    await start();
    modelQueue.fetches = false;
    add('a', 'b', 'c');
    modelQueue.lose(); // a former owner that wakes up takes it
    modelQueue.fetches = true;
    modelQueue.fetch();
    await pass(0);
    expect(turns.decided).toEqual(['a', 'b', 'c']);
    expect(logger.warn).toHaveBeenCalledWith(
      { envelope: 'b' },
      'envelope is not the only one handed out: taking all of them back',
    );
    expect([...modelQueue.finished.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('is taken back as well when Redis cannot tell', async () => {
    await start();
    modelQueue.onActiveIds = async () => {
      modelQueue.onActiveIds = async () => undefined;
      throw new Error('away');
    };
    add('a');
    await pass(0);
    expect([turns.decided, modelQueue.workers.length]).toEqual([['a'], 2]);
  });

  it('is left alone when another one is handed out in its place', async () => {
    await start();
    modelQueue.onActiveIds = async () => {
      modelQueue.onActiveIds = async () => undefined;
      modelQueue.active = modelQueue.waiting.splice(0, 1);
    };
    modelQueue.fetches = false;
    add('a', 'b');
    modelQueue.fetches = true;
    modelQueue.fetch();
    await pass(0);
    expect(turns.decided).toEqual(['b']);
  });
});

describe('the readiness probe', () => {
  it('fails once an envelope has waited for more than five seconds without any progress', async () => {
    turns.areHeldUp = true;
    const consumer = await start();
    await pass(60_000);
    await expect(consumer.check()).resolves.toBeUndefined();
    add('a', 'b');
    await pass(5_000);
    await expect(consumer.check()).resolves.toBeUndefined();
    await pass(1_000);
    await expect(consumer.check()).rejects.toThrow('partition 3 has waited for 6 s');
    await turns.endLatest();
    await expect(consumer.check()).resolves.toBeUndefined();
    await pass(6_000);
    await expect(consumer.check()).resolves.toBeUndefined();
    add('c');
    await pass(5_000);
    await expect(consumer.check()).resolves.toBeUndefined();
    await pass(1);
    await expect(consumer.check()).rejects.toThrow('partition 3 has waited for 11 s');
  });
});

describe('an envelope of a later release', () => {
  it('stops the consumer, and stays where it is', async () => {
    await start();
    modelQueue.add('new', [request('1', 'swap'), request('2', 'swap'), request('3')], 7);
    add('behind');
    await pass(60_000);
    expect([turns.decided, modelQueue.workers.length]).toEqual([[], 1]);
    expect([modelQueue.active.map(({ id }) => id), modelQueue.waiting.map(({ id }) => id)]).toEqual([
      ['new'],
      ['behind'],
    ]);
    expect(logger.error).toHaveBeenCalledExactlyOnceWith(
      { envelope: 'new', version: 7, kinds: ['swap', 'book'] },
      'the next envelope is from a later release: its partition waits for a worker that understands it',
    );
    expect(refuse).toHaveBeenCalledExactlyOnceWith('new', expect.any(Function));
    const isStillThere = refuse.mock.calls[0]?.[1];
    expect(await isStillThere?.()).toBe(true);
    modelQueue.finished.set('new', {});
    expect(await isStillThere?.()).toBe(false);
    modelQueue.finished.clear();
    modelQueue.active = [];
    expect(await isStillThere?.()).toBe(false);
  });
});
