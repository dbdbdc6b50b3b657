/** Closed loop: every connection sends its next request when it has the answer to the last. */
import { spawn } from 'node:child_process';
import { stopChild } from '../systems/process.ts';
import type { Plan } from '../workloads.ts';

export interface LoadOptions {
  /** Where the system listens. */
  url: string;
  plan: Plan;
  connections: number;
  seconds: number;
  /** Ends the run after so many answers instead. */
  answers?: number;
  tokensFile: string;
  /** For the generator's files. */
  folder: string;
  signal: AbortSignal;
}

export interface LoadResult {
  /** Answers, whatever they said. */
  answers: number;
  /** Of those the ones with a status of 400 or more. */
  refusals: number;
  /** Requests without an answer: broken connections and timeouts. */
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

/** A generator of load. */
export interface Generator {
  /** Name and version. */
  name: string;
  run(options: LoadOptions): Promise<LoadResult>;
}

/**
 * Runs a generator as a child process to its end.
 *
 * @param onLine told each line of its output; may ask the process to end
 * @throws when it fails, with what it wrote to standard error
 */
export async function runGenerator(
  [file, ...args]: [string, ...string[]],
  signal: AbortSignal,
  onLine: (line: string, end: () => void) => void,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
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
    if (code !== 0) throw new Error(`${file} ended with ${code}: ${errors.trim()}`);
  } finally {
    process.off('exit', killWithUs);
    signal.removeEventListener('abort', stop);
  }
}
