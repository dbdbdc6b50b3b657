import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { Answer, Intent, Session } from '@boxoffice/testing/stripe-book';
import type { Movement } from '../checker/money-history.ts';

/** What one call, one buyer or one event has changed. Being one line, it is there as a whole or not at all. */
export interface BookLine {
  at: number;
  session?: Session | undefined;
  intent?: Intent | undefined;
  /** An idempotency key, and the answer that belongs to it. */
  key?: string | undefined;
  answer?: Answer | undefined;
  moved?: Omit<Movement, 'at'> | undefined;
  /** An event that a gateway has said it has received. */
  received?: string | undefined;
}

/** What a provider that starts again remembers, in bytes: many minutes. */
const remembered = 24 * 1_024 ** 2;

/** The provider's book on disk. A line is written before anybody is told of it, so it survives SIGKILL. */
export class BookFile {
  readonly #file: number;

  /** Takes a line away that a SIGKILL has torn: nobody was told of it. */
  constructor(path: string) {
    this.#file = openSync(path, 'a+', 0o600);
    const { size } = fstatSync(this.#file);
    const end = readFrom(this.#file, Math.max(0, size - remembered)).end;
    if (end < size) ftruncateSync(this.#file, end);
  }

  /** The latest lines, oldest first. */
  recall(): BookLine[] {
    return readFrom(this.#file, Math.max(0, fstatSync(this.#file).size - remembered)).lines;
  }

  write(line: Omit<BookLine, 'at'>): void {
    writeSync(this.#file, `${JSON.stringify({ at: Date.now(), ...line })}\n`);
  }
}

/** Reads what has been added since the last time. */
export class BookReader {
  readonly #path: string;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  read(): BookLine[] {
    if (!existsSync(this.#path)) return [];
    const file = openSync(this.#path, 'r');
    const { lines, end } = readFrom(file, this.#offset);
    closeSync(file);
    this.#offset = end;
    return lines;
  }
}

/** The complete lines from an offset on, and where they end. One that begins before the offset is left out. */
function readFrom(file: number, offset: number): { lines: BookLine[]; end: number } {
  const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
  const bytes = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset));
  const last = bytes.lastIndexOf('\n');
  const lines = bytes.toString('utf8', 0, Math.max(0, last)).split('\n');
  const whole = lines.filter((line) => line.startsWith('{"at":') && line.endsWith('}'));
  return { lines: whole.map((line) => JSON.parse(line) as BookLine), end: offset + last + 1 };
}
