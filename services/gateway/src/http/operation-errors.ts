import type { ProblemCode } from '@boxoffice/shared/contracts/problems';

/** The role required to call an operation. */
export type Access = 'none' | 'user' | 'admin';

/** A dependency of an operation; while it is unavailable, the operation answers 503. */
export type Exit = 'database' | 'queue' | 'catalog';

const unavailable: Record<Exit, ProblemCode[]> = {
  database: ['database_unavailable'],
  queue: ['queue_unavailable'],
  // The catalog passes on that its own database is unavailable.
  catalog: ['catalog_unavailable', 'database_unavailable'],
};

const denied: Record<Access, ProblemCode[]> = {
  none: [],
  // No access token is accepted before the revocations have been read from the database.
  user: ['unauthenticated', 'database_unavailable'],
  admin: ['unauthenticated', 'forbidden', 'database_unavailable'],
};

/**
 * Every error that follows from an operation's shape. Only its handler's own decisions remain to be listed.
 *
 * @param operation.hasInput whether it validates parameters, query, headers or body
 */
export function derivedErrors(operation: {
  method: string;
  auth: Access;
  hasInput: boolean;
  needs: readonly Exit[];
}): ProblemCode[] {
  // The server reads the body of every request but a GET, even if no schema requires one.
  const readsBody = operation.method !== 'GET';
  return [
    ...(operation.hasInput || readsBody ? (['validation_failed'] as const) : []),
    ...denied[operation.auth],
    ...(readsBody ? (['payload_too_large', 'unsupported_media_type'] as const) : []),
    'internal_error',
    // While this server is being stopped.
    'service_unavailable',
    ...operation.needs.flatMap((exit) => unavailable[exit]),
  ];
}
