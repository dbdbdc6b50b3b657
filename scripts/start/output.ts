import { styleText } from 'node:util';
import pinoPretty from 'pino-pretty';

type Style = Parameters<typeof styleText>[0];

/** Output of the start: its steps with the time they took, and log lines with the name of their service. */
export interface Output {
  line(text: string): void;
  /** Runs a step and prints a line with its duration: the name, or the description of the result. */
  step<T>(name: string, run: () => Promise<T>, describe?: (result: T) => string): Promise<T>;
  /** Prints a line that a service wrote. JSON is made readable, except in production. */
  log(name: string, style: Style, text: string): void;
  paint(style: Style, text: string): string;
}

const prefixWidth = 10;

/**
 * In production, standard output carries only the services' JSON lines; the start's own lines go to
 * standard error.
 */
export function createOutput(production: boolean): Output {
  const own = production ? process.stderr : process.stdout;
  // The terminal may be closed while things are still being stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const paint = (style: Style, text: string) => styleText(style, text, { stream: own });
  const pretty = pinoPretty.prettyFactory({
    colorize: paint('red', '') !== '',
    ignore: 'pid,hostname,service',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  const line = (text: string) => void own.write(`${text}\n`);

  return {
    line,
    paint,
    async step(name, run, describe = () => name) {
      const startedAt = performance.now();
      const result = await run();
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      line(`${paint('green', '✓')} ${describe(result).padEnd(60)} ${paint('dim', `${seconds} s`)}`);
      return result;
    },
    log(name, style, text) {
      if (production) {
        process.stdout.write(`${text}\n`);
        return;
      }
      const readable = text.startsWith('{') ? pretty(text).trimEnd() : text;
      for (const part of readable.split('\n'))
        line(`${paint(style, name.padEnd(prefixWidth))} ${paint('dim', '│')} ${part}`);
    },
  };
}
