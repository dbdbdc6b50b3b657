import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadOptions, type LoadResult, runGenerator } from './load.ts';
import type { TemplateLoad, TemplateResult } from './template.ts';

/** Generates load with autocannon in a child process. */
export const runAutocannon = (options: LoadOptions): Promise<LoadResult> =>
  run(new URL('autocannon-process.ts', import.meta.url), options);

/** Generates load from a template in the same way. */
export const runAutocannonTemplate = (options: TemplateLoad): Promise<TemplateResult> =>
  run(new URL('template-autocannon-process.ts', import.meta.url), options);

async function run<Result>(file: URL, { signal, ...options }: LoadOptions | TemplateLoad): Promise<Result> {
  const optionsFile = join(options.folder, 'autocannon.json');
  writeFileSync(optionsFile, JSON.stringify(options));
  let result: Result | undefined;
  await runGenerator([process.execPath, fileURLToPath(file), optionsFile], signal, (line) => {
    result = JSON.parse(line) as Result;
  });
  if (!result) throw new Error('autocannon printed no result');
  return result;
}
