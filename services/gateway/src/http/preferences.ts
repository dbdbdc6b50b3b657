import type { FastifyReply } from 'fastify';

/** The longest time a request waits for its outcome, in seconds. */
const waitLimitSeconds = 30;

export interface PreferringRequest {
  headers: { prefer?: string | string[] | undefined };
}

/**
 * How long the client wants to wait for the outcome (RFC 7240: `Prefer: wait=10`, `respond-async`). Confirms
 * it in `Preference-Applied`.
 *
 * @param defaultSeconds how long to wait when the client has no preference
 * @returns milliseconds
 */
export function waitMsOf(request: PreferringRequest, reply: FastifyReply, defaultSeconds: number): number {
  const header = [request.headers.prefer ?? []].flat().join(',');
  const preferences = header.split(',').map((preference) => preference.split(';')[0]?.trim().toLowerCase() ?? '');
  const wait = preferences
    .map((preference) => /^wait\s*=\s*"?(\d{1,9})"?$/.exec(preference)?.[1])
    .find((seconds) => seconds !== undefined);
  if (wait !== undefined) {
    const seconds = Math.min(Number(wait), waitLimitSeconds);
    reply.header('preference-applied', `wait=${seconds}`);
    return seconds * 1_000;
  }
  if (preferences.includes('respond-async')) {
    reply.header('preference-applied', 'respond-async');
    return 0;
  }
  return defaultSeconds * 1_000;
}
