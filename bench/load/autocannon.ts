import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadOptions, type LoadResult, runGenerator } from './load.ts';

const file = fileURLToPath(new URL('autocannon-process.ts', import.meta.url));

/** Generates load with autocannon in a child process. */
export async function runAutocannon({ signal, ...options }: LoadOptions): Promise<LoadResult> {
  const optionsFile = join(options.folder, 'autocannon.json');
  writeFileSync(optionsFile, JSON.stringify(options));
  let result: LoadResult | undefined;
  await runGenerator([process.execPath, file, optionsFile], signal, (line) => {
    result = JSON.parse(line) as LoadResult;
  });
  if (!result) throw new Error('autocannon printed no result');
  return result;
}
