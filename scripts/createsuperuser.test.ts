import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { User } from '@boxoffice/shared/database/entities/identity';
import { openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPassword } from '../services/gateway/src/identity/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function run(args: string[], input: string): Promise<{ code: number; out: string; error: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'createsuperuser.ts'), ...args], {
    env: { ...process.env, DATABASE_URL: database.url },
  });
  child.stdin.end(input);
  const exited = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, out, error };
}

const ada = ['--username', 'ada', '--email', 'ada@example.com'];

test('creates an administrator with the password from standard input', async () => {
  expect(await run(ada, 'difference engine\n')).toEqual({
    code: 0,
    out: 'ada is an administrator and can log in.\n',
    error: '',
  });
  const orm = await openDatabase({ url: database.url });
  const user = await orm.em.fork().findOneOrFail(User, { username: 'ada' });
  await orm.close();
  expect(user).toMatchObject({ role: 'admin', isActive: true });
  expect(await isPassword('difference engine', user.passwordHash)).toBe(true);
});

test('explains each mistake in one sentence, without a stack', async () => {
  const wrong = async (args: string[], input = 'long enough\n') => {
    const { code, error } = await run(args, input);
    expect(code).toBe(1);
    expect(error).not.toContain('    at ');
    return error;
  };
  expect(await wrong(['--username', 'grace'])).toMatch(/--username and --email/);
  expect(await wrong(['--username', 'a b', '--email', 'x@example.com'], 'short\n')).toMatch(
    /username: .*\n.*password: /,
  );
  expect(await wrong(['--username', 'Ada', '--email', 'other@example.com'])).toMatch(/This user name is taken/);
  expect(await wrong(['--username', 'grace', '--email', 'g@example.com'], 'Password1\n')).toMatch(
    /password: Too common/,
  );
  expect(await wrong(['--user', 'ada'])).toMatch(/Unknown option '--user'/);
});
