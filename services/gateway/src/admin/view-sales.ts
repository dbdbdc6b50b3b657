import type { DashboardQuery, DashboardView } from '@boxoffice/shared/contracts/dashboard';
import type { CatalogClient } from '../catalog/index.ts';
import type { Sales } from './sales.ts';

/** How many upcoming shows are listed with their occupancy. */
const upcomingShows = 24;

export interface ViewSalesDependencies {
  catalog: Pick<CatalogClient, 'listShows' | 'findBookingShows'>;
  sales: Pick<Sales, 'perDay' | 'perShow'>;
}

/** The sales of recent days, and how full the next shows are; always five round trips. */
export async function viewSales(
  { catalog, sales }: ViewSalesDependencies,
  query: DashboardQuery,
  requestId: string,
): Promise<DashboardView> {
  const [perDay, perShow, upcoming] = await Promise.all([
    sales.perDay(query),
    sales.perShow(query),
    catalog.listShows({ page: 1, page_size: upcomingShows, from: new Date() }, requestId),
  ]);
  const ids = [...perShow.map((show) => show.show_id), ...upcoming.results.map((show) => show.id)];
  const shows = await catalog.findBookingShows(ids, requestId);
  return {
    sales_per_day: perDay,
    sales_per_show: perShow.map((sold) => ({ ...sold, show: shows.get(sold.show_id) ?? null })),
    fill_per_show: upcoming.results.flatMap(({ id, total_seats, available_seats }) => {
      const show = shows.get(id);
      return show ? [{ show, total_seats, available_seats }] : [];
    }),
  };
}
