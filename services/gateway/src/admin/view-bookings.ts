import { type AdminBookingView, bookingView } from '@boxoffice/shared/contracts/booking';
import type { Booking } from '@boxoffice/shared/database/entities/booking';
import type { CatalogClient } from '../catalog/index.ts';
import type { Users } from '../identity/index.ts';

export interface ViewBookingsDependencies {
  catalog: Pick<CatalogClient, 'findBookingShows'>;
  users: Pick<Users, 'findNames'>;
}

/** Bookings with their shows, users and payments, in the same order. */
export async function viewBookings(
  { catalog, users }: ViewBookingsDependencies,
  rows: Booking[],
  requestId: string,
): Promise<AdminBookingView[]> {
  const showIds = rows.map((row) => row.showId);
  const userIds = rows.flatMap(({ userId, paidBy }) => [userId, ...(paidBy ? [paidBy] : [])]);
  const [shows, names] = await Promise.all([catalog.findBookingShows(showIds, requestId), users.findNames(userIds)]);
  return rows.map((row) => {
    const username = names.get(row.userId);
    return {
      ...bookingView(row),
      show: shows.get(row.showId) ?? null,
      user: username === undefined ? null : { id: row.userId, username },
      ...(row.paidWith && { paid_with: row.paidWith }),
      ...(row.paidBy && { paid_by: { id: row.paidBy, username: names.get(row.paidBy) ?? null } }),
    };
  });
}
