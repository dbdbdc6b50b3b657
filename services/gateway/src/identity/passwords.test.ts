import { expect, test } from 'vitest';
import { isPassword, PasswordHasher } from './passwords.ts';

test('a hash matches its own password and no other, and without a hash nothing matches', async () => {
  const hash = await new PasswordHasher().hash('correct horse');
  expect(await isPassword('correct horse', hash)).toBe(true);
  expect(await isPassword('Correct horse', hash)).toBe(false);
  expect(await isPassword('correct horse', null)).toBe(false);
});

test('few hash at a time, many wait, and beyond that requests are turned away immediately', async () => {
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
  const turns = Array.from({ length: 400 }, () => hasher.inTurn(work));
  const refused = await Promise.any(
    turns.map((turn) =>
      turn.then(
        () => Promise.reject(),
        (error: unknown) => error,
      ),
    ),
  );
  expect(refused).toMatchObject({ problem: { status: 429, code: 'too_many_requests' }, retryAfterSeconds: 3 });
  open();
  const done = await Promise.allSettled(turns);
  expect(most).toBeLessThanOrEqual(3);
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(256 + most);
  await hasher.inTurn(async () => {}); // nothing is waiting and no slot is lost
});

test('work that fails still releases its slot', async () => {
  const hasher = new PasswordHasher();
  const turns = Array.from({ length: 10 }, (_, i) =>
    hasher.inTurn(async () => {
      if (i % 2) throw new Error('no');
    }),
  );
  const done = await Promise.allSettled(turns);
  expect(done.map(({ status }) => status)).toEqual(done.map((_, i) => (i % 2 ? 'rejected' : 'fulfilled')));
});
