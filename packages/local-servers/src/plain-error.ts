import { ConfigError } from '@boxoffice/shared/service/config';

/** An error whose message is all that the person at the terminal needs. */
export class PlainError extends Error {
  override name = 'PlainError';
}

/** What to print for an error: the message if it is meant for people, otherwise the stack. */
export function explain(error: unknown): string {
  if (error instanceof PlainError || error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
