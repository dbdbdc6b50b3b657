import { IdParams } from '@boxoffice/shared/contracts/catalog';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { LayoutCache } from '@boxoffice/shared/layout-cache';
import { seatMap, seatMapTag } from '@boxoffice/shared/seats';
import { matchesIfNoneMatch } from '@boxoffice/shared/service/conditional-requests';
import type { Http } from '@boxoffice/shared/service/http';
import { getLayout } from '../repositories/layouts.ts';
import { findOccupancies } from '../repositories/seat-claims.ts';
import { showNotFound } from '../repositories/shows.ts';
import { ShowIds } from './show-ids.ts';

/** The seat map of one show, and the occupancies from which the gateway derives those of many. */
export function seatMapRoutes(http: Http, orm: MikroORM): void {
  const layouts = new LayoutCache();
  http.get('/internal/shows/:id/seats', { schema: { params: IdParams } }, async (request, reply) => {
    const { id } = request.params;
    const occupancy = (await findOccupancies(orm.em.fork(), [id])).get(id);
    if (!occupancy) throw showNotFound(id);
    const tag = seatMapTag(occupancy);
    reply.header('etag', tag);
    if (matchesIfNoneMatch(request.headers['if-none-match'], tag)) return reply.code(304).send();
    const { layout_id } = occupancy;
    if (layout_id === null) return seatMap(id, occupancy);
    const layout = await layouts.getOrLoad(layout_id, () => getLayout(orm.em.fork(), layout_id));
    return seatMap(id, { ...occupancy, layout });
  });

  // Requested several times a second while shows are watched: too often for a log line each.
  http.get('/internal/occupancies', { schema: { querystring: ShowIds }, logLevel: 'warn' }, async (request) => ({
    results: [...(await findOccupancies(orm.em.fork(), request.query.ids))],
  }));
}
