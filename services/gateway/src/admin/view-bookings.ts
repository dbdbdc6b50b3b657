import { type AdminBookingView, bookingView } from '@boxoffice/shared/contracts/booking';
import type { Booking } from '@boxoffice/shared/database/entities/booking';
import type { CatalogClient } from '../catalog/index.ts';
import type { Users } from '../identity/index.ts';

export interface ViewBookingsDependencies {
  catalog: Pick<CatalogClient, 'findBookingShows'>;
  users: Pick<Users, 'findNames'>;
}

/** Bookings with their shows and users, in the same order. */
export async function viewBookings(
  { catalog, users }: ViewBookingsDependencies,
  rows: Booking[],
  requestId: string,
): Promise<AdminBookingView[]> {
  const showIds = rows.map((row) => row.showId);
  const userIds = rows.map((row) => row.userId);
  const [shows, names] = await Promise.all([catalog.findBookingShows(showIds, requestId), users.findNames(userIds)]);
  return rows.map((row) => {
    const username = names.get(row.userId);
    return {
      ...bookingView(row),
      show: shows.get(row.showId) ?? null,
      user: username === undefined ? null : { id: row.userId, username },
    };
  });
}
