import { setImmediate as endOfTick } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Gathering } from './gathering.ts';

let gathering: Gathering;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  gathering = new Gathering();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Begins to wait with so many envelopes; returns whether the wait is over. */
function begin(pending: number): () => Promise<boolean> {
  let isOver = false;
  void gathering.wait(pending).then(() => {
    isOver = true;
  });
  return async () => {
    await endOfTick();
    return isOver;
  };
}

test('the first turn, and a turn after those of one envelope, wait for nothing', async () => {
  expect(await begin(1)()).toBe(true);
  gathering.taken(1);
  expect(await begin(1)()).toBe(true);
});

test('a turn waits for as many envelopes as a recent one had', async () => {
  gathering.taken(3);
  gathering.taken(1);
  const isOver = begin(1);
  gathering.arrived(2);
  expect(await isOver()).toBe(false);
  gathering.arrived(3);
  expect(await isOver()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('but for 2 ms at most', async () => {
  gathering.taken(2);
  const isOver = begin(1);
  vi.advanceTimersByTime(1);
  expect(await isOver()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(await isOver()).toBe(true);
});

test('and no longer once four turns had fewer', async () => {
  gathering.taken(2);
  for (let turn = 1; turn <= 4; turn++) gathering.taken(1);
  expect(await begin(1)()).toBe(true);
});
