import { expect, test } from 'vitest';
import { SharedLookUps } from './shared-look-ups.ts';

/** Look-ups that end when the test says so. */
function controlled() {
  const begun: { key: string; end: PromiseWithResolvers<string> }[] = [];
  const lookUps = new SharedLookUps((key) => {
    const end = Promise.withResolvers<string>();
    begun.push({ key, end });
    return end.promise;
  });
  return { lookUps, begun, keys: () => begun.map(({ key }) => key) };
}

test('a crowd shares the look-up that begins after they have asked', async () => {
  const { lookUps, begun, keys } = controlled();
  const first = lookUps.find('a');
  const crowd = Array.from({ length: 100 }, () => lookUps.find('a'));
  expect(keys()).toEqual(['a']);
  begun[0]?.end.resolve('old');
  expect(await first).toBe('old');
  await expect.poll(keys).toEqual(['a', 'a']);
  const late = lookUps.find('a');
  begun[1]?.end.resolve('new');
  expect(new Set(await Promise.all(crowd))).toEqual(new Set(['new']));
  await expect.poll(keys).toEqual(['a', 'a', 'a']);
  begun[2]?.end.resolve('newest');
  expect(await late).toBe('newest');
});

test('one look-up is in progress at a time, also while those who have their answer ask again at once', async () => {
  let running = 0;
  let most = 0;
  const lookUps = new SharedLookUps(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  });
  const asks = async () => {
    for (let i = 0; i < 20; i++) {
      await lookUps.find('a');
      for (let tick = 0; tick < i % 8; tick++) await null;
    }
  };
  await Promise.all(Array.from({ length: 10 }, asks));
  expect(most).toBe(1);
});

test('keys do not wait for each other', () => {
  const { lookUps, keys } = controlled();
  void lookUps.find('a');
  void lookUps.find('b');
  expect(keys()).toEqual(['a', 'b']);
});

test('those who wait for a look-up that fails fail with it, and the next one tries again', async () => {
  const { lookUps, begun, keys } = controlled();
  const asked = [lookUps.find('a'), lookUps.find('a')];
  begun[0]?.end.reject(new Error('down'));
  for (const one of asked) await expect(one).rejects.toThrow('down');
  const again = lookUps.find('a');
  expect(keys()).toEqual(['a', 'a']);
  begun[1]?.end.resolve('back');
  expect(await again).toBe('back');
});
