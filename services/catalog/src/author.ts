import type { Author } from '@boxoffice/shared/contracts/audit';

/** Who asks for a change, as the gateway says it (AuthorHeaders). */
export function authorOf(request: { id: string; headers: { 'x-actor-id': number } }): Author {
  return { actorId: request.headers['x-actor-id'], requestId: request.id };
}
