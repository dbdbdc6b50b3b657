/** `pnpm check`: every static check, side by side. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { styleText } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const bin = (name: string) => resolve(root, 'node_modules/.bin', name);

const checks: { name: string; commands: string[][]; env?: Record<string, string> }[] = [
  {
    name: 'types',
    commands: [
      [bin('tsc'), '-p', '.'],
      [bin('tsc'), '-p', 'web'],
    ],
  },
  { name: 'format, lint, import cycles', commands: [[bin('biome'), 'check', '--error-on-warnings']] },
  { name: 'unused code and dependencies', commands: [[bin('knip'), '--no-progress']] },
  { name: 'import directions', commands: [[process.execPath, 'scripts/check-imports.ts']] },
  { name: 'file length', commands: [[process.execPath, 'scripts/check-length.ts']] },
  { name: 'links in documents', commands: [[process.execPath, 'scripts/check-links.ts']] },
  { name: 'generated client', commands: [[process.execPath, 'scripts/generate-client.ts', '--check']] },
  {
    name: 'OpenAPI',
    commands: [
      [process.execPath, 'scripts/openapi.ts', '.boxoffice/openapi.json'],
      // The paths end in a slash by design.
      [bin('redocly'), 'lint', '.boxoffice/openapi.json', '--format=stylish', '--skip-rule=no-path-trailing-slash'],
    ],
    // Keeps the check off the network.
    env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  },
];

const passed = await Promise.all(checks.map(check));
process.exitCode = passed.every(Boolean) ? 0 : 1;

/** Runs one check and prints a line about it, followed by its output if it fails. */
async function check({ name, commands, env }: (typeof checks)[number]): Promise<boolean> {
  const startedAt = performance.now();
  let output = '';
  let code = 0;
  for (const command of commands) {
    const result = await run(command, env);
    output += result.output;
    code = result.code;
    if (code) break;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${code ? styleText('red', '✗') : styleText('green', '✓')} ${name.padEnd(30)} ${styleText('dim', `${seconds} s`)}`,
  );
  if (code) console.log(output.trimEnd());
  return code === 0;
}

function run([file = '', ...args]: string[], env?: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    child.once('error', fail);
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });
}
