import type { DashboardQuery, DashboardView } from '@boxoffice/shared/contracts/dashboard';
import type { Parts } from '../parts.ts';

/** Shows to come whose fill is told. */
const nextShows = 24;

/** What was sold in the last days, and how full the next shows are; five round trips whatever there is. */
export async function viewSales(
  { catalog, sales }: Pick<Parts, 'catalog' | 'sales'>,
  query: DashboardQuery,
  requestId: string,
): Promise<DashboardView> {
  const [perDay, perShow, coming] = await Promise.all([
    sales.perDay(query),
    sales.perShow(query),
    catalog.listShows({ page: 1, page_size: nextShows, from: new Date() }, requestId),
  ]);
  const ids = [...perShow.map((show) => show.show_id), ...coming.results.map((show) => show.id)];
  const shows = await catalog.findBookingShows(ids, requestId);
  return {
    sales_per_day: perDay,
    sales_per_show: perShow.map((sold) => ({ ...sold, show: shows.get(sold.show_id) ?? null })),
    fill_per_show: coming.results.flatMap(({ id, total_seats, available_seats }) => {
      const show = shows.get(id);
      return show ? [{ show, total_seats, available_seats }] : [];
    }),
  };
}
