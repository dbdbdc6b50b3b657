import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runAutocannon, runAutocannonTemplate } from './autocannon.ts';
import type { Generator } from './generator.ts';
import { runWrkTemplate } from './template-wrk.ts';
import { runWrk } from './wrk.ts';

/** Prefers wrk, because it takes the least CPU from the systems it measures; otherwise autocannon. */
export async function findGenerator(): Promise<Generator> {
  // Prints its version with the usage and exits with 1.
  const usage = await promisify(execFile)('wrk', ['-v']).catch((error: { stdout?: string }) => error);
  const version = /wrk \S+/.exec(usage.stdout ?? '')?.[0];
  return version
    ? { name: version, run: runWrk, runTemplate: runWrkTemplate }
    : { name: 'autocannon', run: runAutocannon, runTemplate: runAutocannonTemplate };
}
