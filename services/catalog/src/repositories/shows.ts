import type { Author } from '@boxoffice/shared/contracts/audit';
import type { BookingShow } from '@boxoffice/shared/contracts/booking';
import type { AdminShowQuery, ShowFacts, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { changedFields } from '@boxoffice/shared/database/audit';
import { LayoutRow, Movie, Screen, Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { DriverException, ForeignKeyConstraintViolationException, LockMode, raw } from '@mikro-orm/core';
import { addAuditLines } from './audit-lines.ts';
import { noSuchMovie } from './movies.ts';
import { countLiveClaims } from './seat-claims.ts';

/**
 * One page of the shows that start at or after `from` and before `to`, of one movie or of all, sorted by
 * start. Three statements, whatever the page size.
 */
export async function listShows(
  em: EntityManager,
  { page, page_size, movie_id, from, to }: AdminShowQuery,
): Promise<Rows<ShowView>> {
  const [shows, count] = await em.findAndCount(
    Show,
    {
      ...(movie_id !== undefined && { movie: movie_id }),
      ...((from || to) && { dateTime: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
    },
    { orderBy: { dateTime: 'asc', id: 'asc' }, limit: page_size, offset: (page - 1) * page_size },
  );
  const claims = await countLiveClaims(
    em,
    shows.map((show) => show.id),
  );
  return { count, results: shows.map((show) => showView(show, claims.get(show.id) ?? 0)) };
}

/** @throws {ProblemError} show_not_found */
export async function getShow(em: EntityManager, id: number): Promise<ShowView> {
  const show = await em.findOne(Show, { id });
  if (!show) throw showNotFound(id);
  return viewOf(em, show);
}

/**
 * The facts about shows that bookings need, in no particular order; none of them changes with a booking. Shows that do
 * not exist are left out.
 */
export async function findShowFacts(em: EntityManager, ids: number[]): Promise<ShowFacts[]> {
  const shows = await em.find(Show, { id: { $in: ids } });
  return shows.map(showFacts);
}

/** Shows by id, each with its movie, in no particular order. Shows that do not exist are left out. */
export async function findBookingShows(em: EntityManager, ids: number[]): Promise<BookingShow[]> {
  const shows = await em.find(Show, { id: { $in: ids } }, { populate: ['movie'] });
  return shows.map(({ id, screenName, dateTime, movie }) => ({
    id,
    screen_name: screenName,
    date_time: dateTime.toISOString(),
    movie: {
      id: movie.id,
      title: movie.title,
      duration_minutes: movie.durationMinutes,
      poster_url: movie.posterUrl ?? null,
    },
  }));
}

/** The fields of a show that are written together. */
export interface ShowFields extends Omit<ShowFacts, 'id' | 'status'> {
  /** Null without a screen. */
  busy_until: Date | null;
}

/**
 * Adds these shows. Call it in a transaction.
 *
 * @throws {ProblemError} validation_failed if there is no such movie; screen_busy
 */
export async function insertShows(em: EntityManager, fields: ShowFields[], author: Author): Promise<ShowView[]> {
  const shows = fields.map((field) => em.create(Show, showColumns(em, field)));
  await flushShows(em, shows);
  await addAuditLines(
    em,
    author,
    shows.map((show) => ({ subject: 'show', id: show.id, after: { ...showFacts(show) } })),
  );
  return shows.map((show) => showView(show, 0));
}

/**
 * Reads a show that is about to be changed or deleted, and locks it until this transaction ends.
 *
 * @throws {ProblemError} show_not_found; has_bookings if they are archived
 */
export async function getShowForChange(em: EntityManager, id: number): Promise<Show> {
  const show = await em.findOne(Show, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!show) throw showNotFound(id);
  if (show.archivedAt)
    throw new ProblemError('has_bookings', `The bookings of show ${id} are archived: it cannot be changed.`);
  return show;
}

/**
 * Writes these fields of a show that `getShowForChange` returned in the same transaction.
 *
 * @throws {ProblemError} validation_failed if there is no such movie; screen_busy
 */
export async function writeShow(em: EntityManager, show: Show, fields: ShowFields, author: Author): Promise<ShowView> {
  const before = showFacts(show);
  em.assign(show, showColumns(em, fields));
  await flushShows(em, [show]);
  const changed = changedFields({ ...before }, { ...showFacts(show) });
  if (changed) await addAuditLines(em, author, [{ subject: 'show', id: show.id, ...changed }]);
  return viewOf(em, show);
}

/**
 * Reads the shows of a movie that are still to come and need a screen, and locks them until this transaction ends.
 * Call it when the movie is locked, so that none is added meanwhile.
 */
export async function getComingScreenShows(em: EntityManager, movieId: number): Promise<Show[]> {
  return em.find(
    Show,
    { movie: movieId, status: 'scheduled', screen: { $ne: null }, dateTime: { $gt: raw('now()') } },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
}

/**
 * Writes what was changed of these shows, which are all of the same movie.
 *
 * @throws {ProblemError} validation_failed if there is no such movie; screen_busy
 */
export async function flushShows(em: EntityManager, shows: Show[]): Promise<void> {
  try {
    await em.flush();
  } catch (error) {
    // `assertScreenFree` finds clashes and names them; this is for those that it might miss.
    if (isScreenBusy(error)) throw new ProblemError('screen_busy', 'Another show needs the screen at that time.');
    // Screens are locked while shows are put on them, so it is the movie that does not exist.
    if (!(error instanceof ForeignKeyConstraintViolationException)) throw error;
    throw noSuchMovie(shows[0]?.movie.id ?? 0);
  }
}

/** Cancels a show that `getShowForChange` returned in the same transaction, unless it already is. */
export async function cancelShow(em: EntityManager, show: Show, reason: string, author: Author): Promise<ShowView> {
  if (show.status === 'scheduled') {
    em.assign(show, { status: 'cancelled', cancelReason: reason, cancelledAt: raw('now()') });
    await em.flush();
    const [before, after] = [{ status: 'scheduled' }, { status: 'cancelled', cancel_reason: reason }];
    await addAuditLines(em, author, [{ subject: 'show', id: show.id, action: 'cancel', before, after }]);
  }
  return viewOf(em, show);
}

/** Deletes a show that `getShowForChange` returned in the same transaction. */
export async function deleteShow(em: EntityManager, show: Show, author: Author): Promise<void> {
  await em.nativeDelete(Show, { id: show.id });
  await addAuditLines(em, author, [{ subject: 'show', id: show.id, before: { ...showFacts(show) } }]);
}

/** MikroORM has no exception of its own for exclusion constraints. */
function isScreenBusy(error: unknown): boolean {
  const isExclusionViolation = error instanceof DriverException && error.code === '23P01';
  return isExclusionViolation && 'constraint' in error && error.constraint === 'shows_screen_busy';
}

export function showNotFound(id: number): ProblemError {
  return new ProblemError('show_not_found', `There is no show ${id}.`);
}

function showColumns(em: EntityManager, fields: ShowFields) {
  return {
    movie: em.getReference(Movie, fields.movie_id),
    screen: fields.screen_id === null ? null : em.getReference(Screen, fields.screen_id),
    layout: fields.layout_id === null ? null : em.getReference(LayoutRow, fields.layout_id),
    screenName: fields.screen_name,
    dateTime: new Date(fields.date_time),
    busyUntil: fields.busy_until,
    totalSeats: fields.total_seats,
    seatsPerRow: fields.seats_per_row,
    payment: fields.payment,
    prices: fields.prices,
    currency: fields.currency,
    salesOpenAt: fields.sales_open_at === null ? null : new Date(fields.sales_open_at),
    salesCloseAt: fields.sales_close_at === null ? null : new Date(fields.sales_close_at),
    maxSeatsPerUser: fields.max_seats_per_user,
    forbidSingleSeats: fields.forbid_single_seats,
  };
}

export function showFacts(show: Show): ShowFacts {
  return {
    id: show.id,
    movie_id: show.movie.id,
    screen_id: show.screen?.id ?? null,
    layout_id: show.layout?.id ?? null,
    screen_name: show.screenName,
    date_time: show.dateTime.toISOString(),
    total_seats: show.totalSeats,
    seats_per_row: show.seatsPerRow,
    status: show.status,
    payment: show.payment,
    prices: show.prices ? sorted(show.prices) : null,
    currency: show.currency ?? null,
    sales_open_at: show.salesOpenAt?.toISOString() ?? null,
    sales_close_at: show.salesCloseAt?.toISOString() ?? null,
    max_seats_per_user: show.maxSeatsPerUser ?? null,
    forbid_single_seats: show.forbidSingleSeats,
  };
}

/** In alphabetical order: PostgreSQL sorts the keys of `jsonb` by length first. */
function sorted(prices: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(prices).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function viewOf(em: EntityManager, show: Show): Promise<ShowView> {
  const claims = await countLiveClaims(em, [show.id]);
  return showView(show, claims.get(show.id) ?? 0);
}

function showView(show: Show, claims: number): ShowView {
  const { layout_id: _, ...facts } = showFacts(show);
  return { ...facts, available_seats: show.totalSeats - claims };
}
