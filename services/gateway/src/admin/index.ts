/** Administration: one plugin that is closed to everyone but administrators. */
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import type { BookingQueue, Bookings, StoredOutcomes } from '../bookings/index.ts';
import type { CatalogClient, CatalogEditor, ResponseCache } from '../catalog/index.ts';
import { closeToEveryoneElse } from '../http/authentication.ts';
import type { Operation } from '../http/operation.ts';
import type { AccessRevocations, PasswordHasher, Users } from '../identity/index.ts';
import type { Payments } from '../payments/index.ts';
import type { AuditLines } from './audit-lines.ts';
import { cancelBooking } from './routes/cancel-booking.ts';
import { cancelShow } from './routes/cancel-show.ts';
import { changeMovie } from './routes/change-movie.ts';
import { changeScreen } from './routes/change-screen.ts';
import { changeShow } from './routes/change-show.ts';
import { changeUser } from './routes/change-user.ts';
import { createMovie } from './routes/create-movie.ts';
import { createScreen } from './routes/create-screen.ts';
import { createShow } from './routes/create-show.ts';
import { createShowRun } from './routes/create-show-run.ts';
import { createUser } from './routes/create-user.ts';
import { deleteBooking } from './routes/delete-booking.ts';
import { deleteMovie } from './routes/delete-movie.ts';
import { deleteScreen } from './routes/delete-screen.ts';
import { deleteShow } from './routes/delete-show.ts';
import { deleteUser } from './routes/delete-user.ts';
import { getBooking } from './routes/get-booking.ts';
import { getDashboard } from './routes/get-dashboard.ts';
import { getMovie } from './routes/get-movie.ts';
import { getPayment } from './routes/get-payment.ts';
import { getQueues } from './routes/get-queues.ts';
import { getScreen } from './routes/get-screen.ts';
import { getShow } from './routes/get-show.ts';
import { getTakings } from './routes/get-takings.ts';
import { getUser } from './routes/get-user.ts';
import { listAuditLines } from './routes/list-audit-lines.ts';
import { listBookings } from './routes/list-bookings.ts';
import { listMovies } from './routes/list-movies.ts';
import { listPayments } from './routes/list-payments.ts';
import { listScreens } from './routes/list-screens.ts';
import { listShows } from './routes/list-shows.ts';
import { listUsers } from './routes/list-users.ts';
import { payBooking } from './routes/pay-booking.ts';
import { refundPayment } from './routes/refund-payment.ts';
import { replaceMovie } from './routes/replace-movie.ts';
import { replaceScreen } from './routes/replace-screen.ts';
import { replaceShow } from './routes/replace-show.ts';
import { replaceUser } from './routes/replace-user.ts';
import { resolvePayment } from './routes/resolve-payment.ts';
import { sumPayments } from './routes/sum-payments.ts';
import type { Sales } from './sales.ts';
import type { Takings } from './takings.ts';

export { AuditLines } from './audit-lines.ts';
export { Sales } from './sales.ts';
export { Takings } from './takings.ts';

export interface Dependencies {
  accessRevocations: AccessRevocations;
  auditLines: AuditLines;
  bookings: Bookings;
  catalog: CatalogClient;
  catalogEditor: CatalogEditor;
  orm: MikroORM;
  outcomes: StoredOutcomes;
  passwords: PasswordHasher;
  payments: Payments;
  queue: BookingQueue;
  responses: ResponseCache;
  sales: Sales;
  takings: Takings;
  users: Users;
}

export const operations: Operation<Dependencies>[] = [
  ...[listMovies, createMovie, getMovie, changeMovie, replaceMovie, deleteMovie],
  ...[listScreens, createScreen, getScreen, changeScreen, replaceScreen, deleteScreen],
  ...[listShows, createShow, createShowRun, getShow, changeShow, replaceShow, cancelShow, deleteShow],
  ...[listUsers, createUser, getUser, changeUser, replaceUser, deleteUser],
  ...[listBookings, getBooking, cancelBooking, deleteBooking, payBooking],
  ...[listPayments, sumPayments, getPayment, refundPayment, resolvePayment],
  ...[listAuditLines, getDashboard, getTakings, getQueues],
];

export function register(http: Http, dependencies: Dependencies): void {
  void http.register(async (administration: Http) => {
    closeToEveryoneElse(administration);
    for (const operation of operations) operation.serve(administration, dependencies);
  });
}
