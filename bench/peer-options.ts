import { readFileSync } from 'node:fs';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { parseSeats, type Seats } from './load/seats.ts';
import type { Template } from './load/template.ts';

export const peerHelp = `
  --peer <url>          instead of other designs, measures bookings on the system at this address, e.g.
                        http://127.0.0.1:8000, by turns with Boxoffice, and prints ratios; with:
  --peer-path <path>    what to POST to (default /api/shows/{show}/book/)
  --peer-show <ids>     stand for {show}, in turn: one, or several (1,5,7 or 1..20); each needs a free seat for every
                        request (default 1)
  --peer-body <json>    (default {"seat_number":"{seat}"})
  --peer-seats <seats>  stand for {seat}, a new one in each request: the first one, from which to count (1, A1), with
                        the length of a row (A1..100), or a file with a seat on each line (default 1)
  --peer-token-file <file>  an access token on each line, sent in turn as "Authorization: Bearer <token>"; a line with
                        a scheme of its own ("Token <token>") is sent as it is
  --peer-header <text>  a header, "Name: value", for every request; may be repeated
`.trimEnd();

export interface Peer {
  /** Without a path. */
  url: string;
  template: Template;
  seats: Seats;
  /** Values of `Authorization`. */
  authorizations: string[];
}

const mostShows = 1_000;

type Values = Partial<
  Record<'peer' | 'peer-path' | 'peer-show' | 'peer-body' | 'peer-seats' | 'peer-token-file', string>
> & { 'peer-header'?: string[] };

/**
 * Reads the options of `--peer`; returns null without it.
 *
 * @throws {PlainError} naming the invalid argument
 */
export function readPeer(values: Values): Peer | null {
  if (values.peer === undefined) {
    const stray = Object.keys(values).find((name) => name.startsWith('peer-'));
    if (stray) throw new PlainError(`--${stray} goes with --peer.`);
    return null;
  }
  const path = values['peer-path'] ?? '/api/shows/{show}/book/';
  if (!path.startsWith('/')) throw new PlainError(`--peer-path must start with a slash, not "${path}".`);
  const body = values['peer-body'] ?? '{"seat_number":"{seat}"}';
  const shows = parseShows(values['peer-show'] ?? '1');
  if (shows.length > 1 && !`${path}${body}`.includes('{show}'))
    throw new PlainError('With several shows, --peer-path or --peer-body must contain {show}.');
  if (!`${path}${body}`.includes('{seat}'))
    throw new PlainError('--peer-body or --peer-path must contain {seat}: every request asks for a different one.');
  return {
    url: parseUrl(values.peer),
    template: { path, shows, body, headers: Object.fromEntries((values['peer-header'] ?? []).map(parseHeader)) },
    seats: parseSeats(values['peer-seats'] ?? '1'),
    authorizations: values['peer-token-file'] === undefined ? [] : readTokens(values['peer-token-file']),
  };
}

function parseShows(text: string): string[] {
  const [, first, last] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text) ?? [];
  const shows = last ? rangeOf(Number(first), Number(last)) : text.split(',');
  const isValid = shows.every((show) => /^[\w-]+$/.test(show)) && new Set(shows).size === shows.length;
  if (!isValid || shows.length === 0 || shows.length > mostShows)
    throw new PlainError(
      `--peer-show takes up to ${mostShows} different ids of shows, e.g. 1, 1,5,7 or 1..20, not "${text}".`,
    );
  return shows;
}

/** At most one id more than are allowed: a huge range is refused, not built. */
function rangeOf(first: number, last: number): string[] {
  const length = Math.max(0, Math.min(last - first, mostShows) + 1);
  return Array.from({ length }, (_, index) => String(first + index));
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new PlainError(`--peer takes an address like http://127.0.0.1:8000, not "${text}".`);
  if (url.pathname !== '/' || url.search !== '')
    throw new PlainError(`--peer takes the address only, ${url.origin}; the path goes into --peer-path.`);
  return url.origin;
}

function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([\w-]+):\s*(\S.*)$/.exec(text) ?? [];
  if (!name || !value) throw new PlainError(`--peer-header takes "Name: value", not "${text}".`);
  return [name, value];
}

function readTokens(file: string): string[] {
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim());
  } catch (error) {
    throw new PlainError(`--peer-token-file: ${(error as Error).message}`);
  }
  const tokens = lines.filter(Boolean);
  if (tokens.length === 0) throw new PlainError(`${file} has no tokens.`);
  return tokens.map((token) => (token.includes(' ') ? token : `Bearer ${token}`));
}
