/** Open model: requests are sent when they are due, however slow the answers are. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Latencies, type LoadOptions, runGenerator } from './load.ts';

const file = fileURLToPath(new URL('open-loop-process.ts', import.meta.url));

export interface OpenLoopOptions extends Omit<LoadOptions, 'connections' | 'answers'> {
  /** Requests per second on average; their gaps are random, as those of independent people (Poisson). */
  rate: number;
}

export interface OpenLoopResult {
  /** Requests that were due while it was measured. */
  sent: number;
  /** Of those the ones without an answer of 200 to 299. */
  failed: number;
  /** From the moment at which a request was due to its whole answer. */
  latencyMs: Latencies;
  /** How late the sender itself was, in milliseconds: part of the latency, and none of the system's. */
  senderLateMs: { p50: number; p99: number };
}

/** Sends at a rate, in a process of its own; the first second warms up and does not count. */
export async function runOpenLoop({ signal, ...options }: OpenLoopOptions): Promise<OpenLoopResult> {
  const optionsFile = join(options.folder, 'open-loop.json');
  writeFileSync(optionsFile, JSON.stringify(options));
  let result: OpenLoopResult | undefined;
  await runGenerator([process.execPath, file, optionsFile], signal, (line) => {
    result = JSON.parse(line) as OpenLoopResult;
  });
  if (!result) throw new Error('the open-loop sender gave no result');
  return result;
}
