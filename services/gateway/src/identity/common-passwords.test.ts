import { expect, test } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';

test.each(['12345678', 'password1', 'Password1', 'QWERTYUIOP', 'iloveyou', 'letmein1', 'adminpass', 'demopass'])(
  '%s is common',
  async (password) => {
    expect(await isCommonPassword(password)).toBe(true);
  },
);

test.each(['correct horse', 'difference engine', 'another password', 'x7#Kq2!vLm'])('%s is not', async (password) => {
  expect(await isCommonPassword(password)).toBe(false);
});
