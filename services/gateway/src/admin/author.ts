import type { Author } from '@boxoffice/shared/contracts/audit';

/** The administrator behind a request that changes something (requireAdmin). */
export function authorOf(request: { id: string; user: { id: number } }): Author {
  return { actorId: request.user.id, requestId: request.id };
}
