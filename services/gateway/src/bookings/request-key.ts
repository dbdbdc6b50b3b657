import { hash } from 'node:crypto';
import type { RequestKey } from '@boxoffice/shared/contracts/jobs';
import type { FastifyRequest } from 'fastify';
import { idempotencyKeyLimit } from './routes/job-reply.ts';

/**
 * The Idempotency-Key of a request, and what it was sent with: a repeat has the same method, path and body,
 * byte by byte. Undefined when the request has no key, or one that validation will refuse.
 */
export function requestKeyOf({
  headers,
  method,
  originalUrl,
  bodyAsSent,
}: Pick<FastifyRequest, 'headers' | 'method' | 'originalUrl' | 'bodyAsSent'>): RequestKey | undefined {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key.length === 0 || key.length > idempotencyKeyLimit) return undefined;
  return { hash: digest(key), fingerprint: digest(`${method} ${originalUrl}\n${bodyAsSent}`) };
}

function digest(text: string): string {
  return hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url');
}
