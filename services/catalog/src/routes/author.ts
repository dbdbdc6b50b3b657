import type { Author } from '@boxoffice/shared/contracts/audit';

/** The author of a change, from the headers that the gateway sends (`AuthorHeaders`). */
export function authorOf(request: { id: string; headers: { 'x-actor-id': number } }): Author {
  return { actorId: request.headers['x-actor-id'], requestId: request.id };
}
