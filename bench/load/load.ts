/** Closed loop: each connection sends its next request once it has the response to the previous one. */
import { spawn } from 'node:child_process';
import { stopChild } from '../systems/process.ts';
import type { Plan } from '../workloads/workloads.ts';

export interface LoadOptions {
  url: string;
  plan: Plan;
  connections: number;
  seconds: number;
  /** Ends the run after this many responses instead. */
  responseLimit?: number;
  tokensFile: string;
  /** For the generator's temporary files. */
  folder: string;
  signal: AbortSignal;
}

export interface LoadResult {
  responses: number;
  /** Responses with a status of 400 or more. */
  refusals: number;
  /** Requests without a response: broken connections and timeouts. */
  failures: number;
  seconds: number;
  latencyMs: Latencies;
}

/** In milliseconds. */
export interface Latencies {
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

/**
 * Runs a generator as a child process until it exits.
 *
 * @param onLine receives each line of its output, and a function that interrupts the process
 * @throws with its standard error if it fails
 */
export async function runGenerator(
  [file, ...args]: [string, ...string[]],
  signal: AbortSignal,
  onLine: (line: string, interrupt: () => void) => void,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  const stop = () => void stopChild(child);
  signal.addEventListener('abort', stop);
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line, () => child.kill('SIGINT'));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`${file} exited with ${code}: ${errors.trim()}`);
  } finally {
    process.off('exit', killOnExit);
    signal.removeEventListener('abort', stop);
  }
}
