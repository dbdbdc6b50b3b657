/**
 * Changes the code of an area in every small way, and names the changes that its tests do not notice:
 * `pnpm mutate turn`. All areas, one after another, if none is named; only one file of an area with `--file`.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type MutationArea, mutationAreas } from './mutation-areas.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { file: { type: 'string' } } });
const known = Object.keys(mutationAreas) as MutationArea[];
const areas = known.filter((area) => positionals.length === 0 || positionals.includes(area));
const unknown = positionals.find((name) => !known.some((area) => area === name));
if (unknown) throw new Error(`no area is called ${unknown}; there are ${known.join(', ')}`);

for (const area of areas) {
  console.log(`\nMutating ${area}.`);
  const files = values.file ? [values.file] : [...mutationAreas[area].files, '!services/**/*.test.ts'];
  const results = `.boxoffice/mutation/${area}.json`;
  const { status } = spawnSync(
    'node_modules/.bin/stryker',
    ['run', '--mutate', files.join(','), '--incremental', '--incrementalFile', results],
    { stdio: 'inherit', env: { DATA_DIR: resolve('.boxoffice'), ...process.env, MUTATION_AREA: area } },
  );
  if (status !== 0) process.exitCode = 1;
}
