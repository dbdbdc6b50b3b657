/** Requests from a template, so that the generators can load any HTTP system and distinguish bookings from refusals. */
import type { Latencies } from './load.ts';

/** A booking request; `{show}` and `{seat}` stand for the show and the seat. */
export interface Template {
  path: string;
  /** Their ids, used in turn. At least one. */
  shows: string[];
  /** JSON. */
  body: string;
  /** Headers besides those for the host, the token and the body. */
  headers: Record<string, string>;
}

export interface TemplateLoad {
  url: string;
  template: Template;
  /** One seat per line, for one request each; after the last one they repeat. */
  seatsFile: string;
  /** One value of `Authorization` per line, used in turn; empty: none is sent. */
  tokensFile: string;
  connections: number;
  seconds: number;
  /** For the generator's temporary files. */
  folder: string;
  signal: AbortSignal;
}

export interface TemplateResult {
  /** Responses with a status of 2xx. */
  booked: number;
  /** Responses with a status of 4xx. */
  refused: number;
  /** Other responses, broken connections and timeouts. */
  failed: number;
  seconds: number;
  /** Latencies of all responses. */
  latencyMs: Latencies;
  /** The first response that was not 2xx; null: there was none. */
  firstError: Answer | null;
}

export interface Answer {
  status: number;
  /** The beginning of the body. */
  body: string;
}

/** Replaces the placeholders of a template's path or body. */
export function fill(text: string, show: string, seat: string): string {
  return text.replaceAll('{show}', () => show).replaceAll('{seat}', () => seat);
}

/** The length of the beginning of a body that is shown. */
export const shownLength = 300;
