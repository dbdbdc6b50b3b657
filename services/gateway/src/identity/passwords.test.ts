import { expect, test } from 'vitest';
import { laneOf } from '../http/client-address.ts';
import { isPassword, PasswordHasher } from './passwords.ts';

test('a hash matches its own password and no other, and without a hash nothing matches', async () => {
  const hash = await new PasswordHasher().hash('correct horse', laneOf('192.0.2.1'));
  expect(await isPassword('correct horse', hash)).toBe(true);
  expect(await isPassword('Correct horse', hash)).toBe(false);
  expect(await isPassword('correct horse', null)).toBe(false);
});

test('three hash at a time, two of them for one address; 256 wait, 64 of them for one address', async () => {
  const hasher = new PasswordHasher();
  let running = 0;
  let most = 0;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await gate;
    running -= 1;
  };
  const fulfilled = async (turns: Promise<void>[]) =>
    (await Promise.allSettled(turns)).filter(({ status }) => status === 'fulfilled').length;
  const inTurn = (ip: string) => hasher.inTurn(laneOf(ip), work);
  const crowd = fulfilled(Array.from({ length: 100 }, () => inTurn('192.0.2.1')));
  const others = fulfilled(Array.from({ length: 193 }, (_, i) => inTurn(`198.51.${i % 6}.1`)));
  open();
  expect(await crowd).toBe(2 + 64);
  expect(await others).toBe(1 + 256 - 64);
  expect(most).toBe(3);
});
