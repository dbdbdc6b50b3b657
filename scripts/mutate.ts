/**
 * `pnpm mutate turn` mutates the code of an area in every small way, and lists the mutations that its tests do not notice.
 * Without a name, it mutates all areas, one after another; with `--file`, only one file of an area.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type MutationArea, mutationAreas } from './mutation-areas.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { file: { type: 'string' } } });
const known = Object.keys(mutationAreas) as MutationArea[];
const areas = known.filter((area) => positionals.length === 0 || positionals.includes(area));
const unknown = positionals.find((name) => !known.some((area) => area === name));
if (unknown) throw new Error(`there is no area ${unknown}; the areas are ${known.join(', ')}`);

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
