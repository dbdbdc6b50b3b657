/** Two minutes of the campaign with a fixed seed, and one planted bug to prove that it would notice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

async function torture(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [join(root, 'test/torture/main.ts'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that is given up must not leave it running.
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  process.off('exit', end);
  return { code: code ?? -1, output };
}

/** It needs the machine to itself for five minutes: it runs after all other tests, and `TORTURE=0` leaves it out. */
describe.skipIf(process.env.TORTURE === '0')('the campaign', () => {
  test('two minutes of faults break no promise', { timeout: 360_000 }, async () => {
    const { code, output } = await torture('--seed', '20261', '--minutes', '2');
    console.log(output);
    expect(output).toMatch(/^0 violations$/m);
    expect(code).toBe(0);
  });

  test('a planted bug is caught', { timeout: 240_000 }, async () => {
    const { code, output } = await torture('--seed', '20261', '--bug', 'cancel-without-delete');
    expect(output).toMatch(/✓ caught cancel-without-delete/);
    expect(code).toBe(0);
  });
});
