import { type FuzzRequest, type Persona, personas } from './request.ts';

/** How many requests of one finding are kept as examples. */
const exampleLimit = 2;

/** A way in which responses broke the contract. */
export interface Finding {
  target: string;
  what: string;
  times: number;
  /** Heads of requests that showed it, with the beginning of the body. */
  examples: string[];
}

interface Row {
  byPersona: Record<Persona, number>;
  byStatus: Map<string, number>;
  ms: number[];
}

/** Counts what was sent and how it was answered. */
export class Tally {
  readonly #rows = new Map<string, Row>();
  readonly #findings = new Map<string, Finding>();
  /** Requests that were slow or refused with 503 under load, and fine alone. */
  repeated = 0;
  requests = 0;

  /** @param status null when the server closed the connection without a response */
  count({ target, persona }: FuzzRequest, status: number | null, ms: number): void {
    this.requests++;
    const row: Row = this.#rows.get(target) ?? {
      byPersona: { anonymous: 0, user: 0, administrator: 0 },
      byStatus: new Map(),
      ms: [],
    };
    this.#rows.set(target, row);
    row.byPersona[persona]++;
    const kind = status === null ? 'closed' : `${status}`;
    row.byStatus.set(kind, (row.byStatus.get(kind) ?? 0) + 1);
    row.ms.push(ms);
  }

  find({ target, persona, head, body }: FuzzRequest, what: string): void {
    // Ids and values differ; what is wrong is the same.
    const key = `${target} ${what.slice(0, 60).replaceAll(/\d{4,}|[0-9a-f-]{36}/g, '…')}`;
    const finding = this.#findings.get(key) ?? { target, what, times: 0, examples: [] };
    this.#findings.set(key, finding);
    finding.times++;
    const short = head.replace(/(authorization: Bearer )[^.\s]+\.[^.\s]+\.[\w-]{20,}/, '$1…').slice(0, 600);
    const example = `as ${persona}: ${JSON.stringify(short)} ${JSON.stringify(body.toString().slice(0, 300))}`;
    if (finding.examples.length < exampleLimit) finding.examples.push(example);
  }

  get findings(): Finding[] {
    return [...this.#findings.values()];
  }

  /** Those of the targets that were never answered with a success. */
  withoutSuccess(targets: readonly string[]): string[] {
    return targets.filter(
      (target) => ![...(this.#rows.get(target)?.byStatus.keys() ?? [])].some((s) => s.startsWith('2')),
    );
  }

  /** A line per target: requests by persona and by status, and the median and longest time. */
  get lines(): string[] {
    const header = ['target', ...personas, 'responses by status', 'p50 ms', 'max ms'];
    const rows = [...this.#rows].sort(([a], [b]) => a.localeCompare(b)).map(([target, row]) => cellsOf(target, row));
    const widths = header.map((title, column) =>
      Math.max(...[header, ...rows].map((row) => (row[column] ?? title).length)),
    );
    return [header, ...rows].map((row) =>
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  '),
    );
  }
}

function cellsOf(target: string, { byPersona, byStatus, ms }: Row): string[] {
  const statuses = [...byStatus].sort(([a], [b]) => a.localeCompare(b)).map(([status, times]) => `${status}: ${times}`);
  const sorted = ms.toSorted((a, b) => a - b);
  const times = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0].map((time) => time.toFixed(1));
  return [target, ...personas.map((persona) => String(byPersona[persona])), statuses.join(', '), ...times];
}

const isNumber = (column: number) => [1, 2, 3, 5, 6].includes(column);
