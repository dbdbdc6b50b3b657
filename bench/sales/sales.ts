/** Purchases of more than one request, in which each response determines the next request. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadOptions, runGenerator } from '../load/load.ts';

const file = fileURLToPath(new URL('sales-process.ts', import.meta.url));

/** The hall of `best`: 10,000 seats, of which 1,000 parties of four take less than half. */
export const bestHall = { rows: 100, seatsPerRow: 100 };
export const people = 1_000;
export const partySize = 4;

export type Sale =
  /**
   * A seat is held, and the hold confirmed, over and over on this many connections; or its payment begun, which the
   * buyer authorises a moment later.
   */
  | { kind: 'hold' | 'paid'; show: number; connections: number; seconds: number }
  /**
   * Everyone asks for four seats at the same time: for the best, or for four of their own choice, and others when
   * those are taken.
   */
  | { kind: 'best' | 'explicit'; show: number };

/** Whether the seats of a sale are bought in the end, rather than only held. */
export const isBought = (kind: Sale['kind']) => kind === 'hold' || kind === 'paid';

export interface SalesOptions extends Pick<LoadOptions, 'url' | 'tokensFile' | 'folder' | 'signal'> {
  sale: Sale;
}

export interface Purchase {
  /** The booking. */
  id: string;
  seats: string[];
  /** Of each request, in milliseconds. */
  requestMs: number[];
}

export interface SalesResult {
  seconds: number;
  purchases: Purchase[];
  /** Responses that were not expected, a phrase each. */
  problems: string[];
}

/** Runs a sale from a child process. */
export async function runSale({ signal, ...options }: SalesOptions): Promise<SalesResult> {
  const optionsFile = join(options.folder, 'sale.json');
  writeFileSync(optionsFile, JSON.stringify(options));
  let result: SalesResult | undefined;
  await runGenerator([process.execPath, file, optionsFile], signal, (line) => {
    result = JSON.parse(line) as SalesResult;
  });
  if (!result) throw new Error('the sale printed no result');
  return result;
}
