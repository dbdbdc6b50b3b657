import type { FastifyReply, FastifyRequest } from 'fastify';

/** The longest that a request is held open for its outcome, in seconds. */
const waitLimitSeconds = 30;

/**
 * How long the client wants to wait for the outcome (RFC 7240: `Prefer: wait=10`, `respond-async`);
 * says so in `Preference-Applied`.
 *
 * @param unasked seconds to wait when the client says nothing
 * @returns milliseconds
 */
export function waitMsOf(request: FastifyRequest, reply: FastifyReply, unasked: number): number {
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
  return unasked * 1_000;
}
