import type { Operation } from './document.ts';

/** Who sends a request. */
export type Persona = 'anonymous' | 'user' | 'administrator';
export const personas: readonly Persona[] = ['anonymous', 'user', 'administrator'];

/** Text in a request that is replaced by an id that a response has named lately. */
export const idPlaceholder = '{{id}}';

export interface FuzzRequest {
  /** What it attacks, for the report: an operation, the pages, or HTTP itself. */
  target: string;
  persona: Persona;
  /** Null when the request is for no operation, or too malformed to be for one. */
  operation: Operation | null;
  method: string;
  /** The request line and headers, as Latin-1, without the empty line. */
  head: string;
  body: Buffer;
  /** Statuses besides the documented ones that the way it is malformed allows. */
  tolerated: readonly number[];
  /** Whether it carries a valid access token and nothing else that could identify its sender. */
  isAuthenticated: boolean;
  /** Whether it is bytes of any kind, which need not be a request that anyone can answer. */
  isRaw: boolean;
}

/** Bytes as they are sent. */
export function bytesOf({ head, body, isRaw }: FuzzRequest, id: string): Buffer {
  const text = head.replaceAll(idPlaceholder, id);
  return Buffer.concat([Buffer.from(isRaw ? text : `${text}\r\n\r\n`, 'latin1'), body]);
}
