import type { Author } from '@boxoffice/shared/contracts/audit';

/** The administrator who sent a request, as the author of its changes. */
export function authorOf(request: { id: string; user: { id: number } }): Author {
  return { actorId: request.user.id, requestId: request.id };
}
