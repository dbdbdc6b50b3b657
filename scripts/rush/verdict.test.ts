/** Breaks every promise once on purpose: a verdict that never fails proves nothing. */
import { type Booking, createBoxoffice } from '@boxoffice/client';
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withDatabase } from '../database.ts';
import type { Ending } from './attempt.ts';
import { checkDatabase, type RushResult, readVerdict } from './verdict.ts';

let database: TestDatabase;
let show: number;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  const [row] = await query<{ id: number }>(
    `with movie as (insert into catalog.movies (title, duration_minutes) values ('The Last Reel', 118) returning id)
     insert into catalog.shows (movie_id, screen_name, date_time, total_seats, seats_per_row)
     select id, 'Screen 1', now() + interval '1 day', 2, 10 from movie returning id`,
  );
  show = row?.id ?? 0;
});
afterAll(() => database.drop());

const clean = {
  soldTwice: 0,
  soldBeyondCapacity: 0,
  acceptedUnanswered: 0,
  bookedWithoutRow: 0,
  rowsWithoutAnswer: 0,
  refusedWithoutReason: 0,
  holdsNotEnded: 0,
  faults: 0,
};

test('is clean when one buyer is booked and the other is refused because the seat is taken', async () => {
  const id = await addBooking(1, 'A1');
  expect(await verdictOf(told(1, 'A1', booked(id, 'A1')), told(2, 'A1', taken('A1')))).toEqual(clean);
});

test('soldTwice: one seat is in two bookings, and both buyers got a booked response', async () => {
  const one = await addBooking(1, 'A1');
  const two = await addBooking(2, 'A1', { claimed: false });
  const verdict = await verdictOf(told(1, 'A1', booked(one, 'A1')), told(2, 'A1', booked(two, 'A1')));
  expect(verdict).toEqual({ ...clean, soldTwice: 2, bookedWithoutRow: 1 });
});

test('soldBeyondCapacity: more seats are sold than the show has', async () => {
  const ids = [await addBooking(1, 'A1'), await addBooking(2, 'A2'), await addBooking(3, 'A3')];
  const results = ids.map((id, index) => told(index + 1, `A${index + 1}`, booked(id, `A${index + 1}`)));
  expect(await verdictOf(...results)).toEqual({ ...clean, soldBeyondCapacity: 1 });
});

test('acceptedUnanswered: a 202 without an outcome', async () => {
  const verdict = await verdictOf(told(1, 'A1', { kind: 'unanswered', detail: 'no outcome' }));
  expect(verdict).toEqual({ ...clean, acceptedUnanswered: 1 });
});

test.each([
  ['there is no booking', async () => idOf(show)],
  ['the booking is for another seat', () => addBooking(1, 'A2')],
  ["the booking is another user's", () => addBooking(9, 'A1')],
  ['the booking was cancelled', () => addBooking(1, 'A1', { status: 'cancelled' })],
  ['the seat is not claimed for it', () => addBooking(1, 'A1', { claimed: false })],
])('bookedWithoutRow: %s', async (_, makeId) => {
  const verdict = await verdictOf(told(1, 'A1', booked(await makeId(), 'A1')));
  expect(verdict).toEqual({ ...clean, bookedWithoutRow: 1 });
});

test('rowsWithoutAnswer: a booking without a response to its buyer', async () => {
  await addBooking(1, 'A1');
  const verdict = await verdictOf(told(1, 'A1', taken('A1')));
  expect(verdict).toEqual({ ...clean, rowsWithoutAnswer: 1 });
});

test('refusedWithoutReason: a seat that nobody ever had; a booking cancelled since counts as a reason', async () => {
  await addBooking(3, 'A2', { status: 'cancelled' });
  const verdict = await verdictOf(told(1, 'A1', taken('A1')), told(2, 'A2', taken('A2')));
  expect(verdict).toEqual({ ...clean, refusedWithoutReason: 1 });
});

test('is clean when a hold expired, and somebody else was refused or has the seat now', async () => {
  const hold = await addBooking(1, 'A1', { status: 'expired' });
  const id = await addBooking(2, 'A1');
  const results = [told(1, 'A1', expired(hold, 'A1')), told(2, 'A1', booked(id, 'A1')), told(3, 'A1', taken('A1'))];
  expect(await verdictOf(...results)).toEqual(clean);
});

test.each([
  ['it is still held', { status: 'held' }],
  ['it is booked, and nobody confirmed it', { status: 'booked' }],
  ['it still claims its seat', { status: 'expired', claimed: true }],
] as const)('holdsNotEnded: %s', async (_, row) => {
  const hold = await addBooking(1, 'A1', row);
  expect(await verdictOf(told(1, 'A1', expired(hold, 'A1')))).toEqual({ ...clean, holdsNotEnded: 1 });
});

test('soldTwice: a seat is held by one and booked by another', async () => {
  const id = await addBooking(1, 'A1');
  await addBooking(9, 'A1', { status: 'held', claimed: false });
  expect(await verdictOf(told(1, 'A1', booked(id, 'A1')))).toEqual({ ...clean, soldTwice: 1 });
});

test('faults: a response that no request should get', async () => {
  const verdict = await verdictOf(told(1, 'A1', { kind: 'fault', detail: '500' }));
  expect(verdict).toEqual({ ...clean, faults: 1 });
});

test('is clean when a request is clearly turned away', async () => {
  expect(await verdictOf(told(1, 'A1', { kind: 'not accepted', detail: '503 queue_full' }))).toEqual(clean);
});

test('the wrong database is detected before anything is booked', async () => {
  await expect(checkDatabase(database.url, show, [])).resolves.toBeUndefined();
  await expect(checkDatabase(database.url, show + 1, [])).rejects.toThrow(/not the one behind this gateway/);
  const stranger = { id: 1, username: 'nobody', boxoffice };
  await expect(checkDatabase(database.url, show, [stranger])).rejects.toThrow(/not the one behind this gateway/);
});

/** Never called. */
const boxoffice = createBoxoffice({ url: 'http://127.0.0.1' });
const verdictOf = (...results: RushResult[]) => readVerdict(database.url, { show, results });

function told(user: number, seat: string, ending: Ending): RushResult {
  return { buyer: { id: user, username: `rush-${user}`, boxoffice }, seat, ending };
}

function booked(id: string, seat: string): Ending {
  const booking: Booking = {
    id,
    show_id: show,
    seats: [seat],
    seat_number: seat,
    status: 'booked',
    created_at: new Date().toISOString(),
    cancelled_at: null,
  };
  return { kind: 'booked', booking };
}

function expired(id: string, seat: string): Ending {
  const { booking } = booked(id, seat) as Extract<Ending, { booking: Booking }>;
  return { kind: 'expired', booking: { ...booking, status: 'held' } };
}

const taken = (seat: string): Ending => ({ kind: 'rejected', code: 'seat_taken', seats: [seat] });

const idOf = (showId: number) => requestId(newEnvelopeId(0), showId, 0);

/** Adds a row of booking.bookings and, if it is live or `claimed` says so, its claim. */
async function addBooking(
  user: number,
  seat: string,
  {
    status = 'booked',
    claimed = status === 'booked' || status === 'held',
  }: { status?: 'booked' | 'held' | 'cancelled' | 'expired'; claimed?: boolean } = {},
) {
  const id = idOf(show);
  await query(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at) values (?, ?, ?, array[?], ?, now())`,
    [show, id, user, seat, status],
  );
  if (claimed) {
    await query('insert into booking.seat_claims (show_id, seat_number, booking_id) values (?, ?, ?)', [
      show,
      seat,
      id,
    ]);
  }
  return id;
}

function query<Row extends object>(statement: string, parameters: unknown[] = []): Promise<Row[]> {
  return withDatabase(database.url, (em) => em.execute<Row[]>(statement, parameters));
}
