import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Brings a database up to date with the migrations of this tree, which may be a copy.
 *
 * @throws with the command's output
 */
export async function migrateTree(root: string, databaseUrl: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'scripts/migrate.ts')], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The migrations failed:\n${output}`);
}
