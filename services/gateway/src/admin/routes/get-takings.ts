import { TakingsQuery, TakingsView } from '@boxoffice/shared/contracts/takings';
import type { CatalogClient } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import type { Takings } from '../takings.ts';

interface Dependencies {
  catalog: Pick<CatalogClient, 'findBookingShows'>;
  takings: Pick<Takings, 'ofDay'>;
}

export const getTakings = operation({
  method: 'GET',
  path: '/api/admin/takings/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetTakings',
  summary: 'Get the takings of a day',
  description:
    'What was paid at the counter on one day, by payment method and by show. The sums include bookings that were ' +
    'cancelled later, which are also counted separately.',
  querystring: TakingsQuery,
  success: { 200: TakingsView.describe('The takings') },
  needs: ['catalog', 'database'],
  handler:
    ({ catalog, takings }: Dependencies) =>
    async (request) => {
      const { by_show, ...day } = await takings.ofDay(request.query);
      const ids = by_show.map((show) => show.show_id);
      const shows = await catalog.findBookingShows(ids, request.id);
      return { ...day, by_show: by_show.map((sums) => ({ ...sums, show: shows.get(sums.show_id) ?? null })) };
    },
});
