import { IdParams } from '@boxoffice/shared/contracts/catalog';
import type { MikroORM } from '@boxoffice/shared/db/orm';
import type { Http } from '@boxoffice/shared/http';
import { findOccupancy } from '../repositories/seat-claims.ts';
import { showNotFound } from '../repositories/shows.ts';
import { matchesTag, seatMap, seatMapTag } from '../seat-map.ts';

/** The seat map of a show, or 304 for who has it already. */
export function seatMapRoutes(http: Http, orm: MikroORM): void {
  http.get('/internal/shows/:id/seats', { schema: { params: IdParams } }, async (request, reply) => {
    const { id } = request.params;
    const occupancy = await findOccupancy(orm.em.fork(), id);
    if (!occupancy) throw showNotFound(id);
    const tag = seatMapTag(occupancy);
    reply.header('etag', tag);
    if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
    return seatMap(id, occupancy);
  });
}
