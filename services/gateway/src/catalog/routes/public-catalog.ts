import type { FastifyRequest } from 'fastify';
import type { CatalogClient } from '../catalog-client.ts';
import type { ResponseCache } from '../response-cache.ts';

/** Dependencies of the public, cached operations of the catalog. */
export interface PublicCatalog {
  responses: ResponseCache;
  catalog: CatalogClient;
}

/** The show in a request's path, which has not been validated yet. */
export function showOf(request: FastifyRequest): number {
  return Number((request.params as { id: string }).id);
}

export const exactAvailability =
  '`available_seats` is exact: responses are cached until seats of a show change, and for 5 seconds at most.';
