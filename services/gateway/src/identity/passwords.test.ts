import { expect, test } from 'vitest';
import { hashPassword, inHashingTurn, isPassword } from './passwords.ts';

test('a password is known by its hash, any other is not, and without a hash none is', async () => {
  const hash = await hashPassword('correct horse');
  expect(await isPassword('correct horse', hash)).toBe(true);
  expect(await isPassword('Correct horse', hash)).toBe(false);
  expect(await isPassword('correct horse', null)).toBe(false);
});

test('few hash at once, many wait in line, and past that a request is turned away at once', async () => {
  let underWay = 0;
  let most = 0;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const work = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await gate;
    underWay -= 1;
  };
  const turns = Array.from({ length: 400 }, () => inHashingTurn(work));
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
  await inHashingTurn(async () => {}); // the line is empty and nothing is held
});

test('a turn that fails passes on to the next', async () => {
  const turns = Array.from({ length: 10 }, (_, i) =>
    inHashingTurn(async () => {
      if (i % 2) throw new Error('no');
    }),
  );
  const done = await Promise.allSettled(turns);
  expect(done.map(({ status }) => status)).toEqual(done.map((_, i) => (i % 2 ? 'rejected' : 'fulfilled')));
});
