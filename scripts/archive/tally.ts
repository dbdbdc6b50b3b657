import { PlainError } from '@boxoffice/local-servers/plain-error';

/** How often progress is printed, in milliseconds. */
const progressMs = 2_000;
const number = (value: number) => value.toLocaleString('en');

/** Counts what has become of shows, one after another, and says so. */
export class Tally {
  readonly #total: number;
  readonly #say: (line: string) => void;
  #nextProgressAt = performance.now() + progressMs;
  done = 0;
  rows = 0;
  skipped = 0;
  failed = 0;

  constructor(total: number, say: (line: string) => void) {
    this.#total = total;
    this.#say = say;
  }

  /** An error that is a show's own must not keep the others waiting. */
  async add(name: string, work: () => Promise<{ rows: number } | { skipped: string }>): Promise<void> {
    try {
      const result = await work();
      if ('skipped' in result) {
        this.skipped++;
        this.#say(`${name} is skipped: ${result.skipped}.`);
      } else {
        this.done++;
        this.rows += result.rows;
      }
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      this.failed++;
      this.#say(`${name} has failed: ${error.message}`);
    }
    const seen = this.done + this.skipped + this.failed;
    if (performance.now() < this.#nextProgressAt || seen === this.#total) return;
    this.#nextProgressAt = performance.now() + progressMs;
    this.#say(`${number(seen)} of ${number(this.#total)} shows, ${number(this.rows)} rows so far.`);
  }

  summary(verb: string): string {
    const shows = `${number(this.done)} ${this.done === 1 ? 'show' : 'shows'}`;
    return `${verb} ${shows} with ${number(this.rows)} rows. Skipped ${number(this.skipped)}, failed ${number(this.failed)}.`;
  }
}
