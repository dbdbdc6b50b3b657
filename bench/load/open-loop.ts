/** Open model: requests are sent when they are due, however slow the responses are. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Latencies, type LoadOptions, runGenerator } from './load.ts';

const file = fileURLToPath(new URL('open-loop-process.ts', import.meta.url));

export interface OpenLoopOptions extends Omit<LoadOptions, 'connections' | 'responseLimit'> {
  /** Average requests per second; the gaps are random, like those of independent users (Poisson). */
  rate: number;
}

export interface OpenLoopResult {
  /** Requests that were due during the measurement. */
  sent: number;
  /** Of those, the ones without a 2xx response. */
  failed: number;
  /** Of those, the ones with a 2xx response within `graceMs` of the end of the run. */
  inTime: number;
  /** 2xx responses and all other outcomes, including those of the warm-up. */
  total: { succeeded: number; failed: number };
  /** From the time a request was due until its complete response. */
  latencyMs: Latencies;
  /** How late the sender itself was, in milliseconds: included in the latency, but not caused by the system. */
  senderLateMs: { p50: number; p99: number };
}

/** How long a request that is due at the last moment of a run still has to be answered in time, in milliseconds. */
export const graceMs = 100;

/** Sends requests at a fixed rate from a child process; the first second is warm-up and not measured. */
export async function runOpenLoop({ signal, ...options }: OpenLoopOptions): Promise<OpenLoopResult> {
  const optionsFile = join(options.folder, 'open-loop.json');
  writeFileSync(optionsFile, JSON.stringify(options));
  let result: OpenLoopResult | undefined;
  await runGenerator([process.execPath, file, optionsFile], signal, (line) => {
    result = JSON.parse(line) as OpenLoopResult;
  });
  if (!result) throw new Error('the open-loop sender printed no result');
  return result;
}
