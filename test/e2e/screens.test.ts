/** Halls as they are: a screen with aisles, a show on it, and seats that exist only where the layout has them. */
import type { BookingView } from '@boxoffice/shared/contracts/booking';
import type { SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;

const admin = (method: string, path: string, body: object) =>
  boxoffice.call<{ id: number }>(`/api/admin${path}`, { method, user: 99, role: 'admin', body });
/** Row B has seats in columns 1 to 4 and 6 to 9: B5 is in column 6, and there is no B9. */
const layout = ['SSSS_SSSS', 'PPPP_PPPP', '_________', 'W_______W'];
const legend = {
  S: { category: 'standard' },
  P: { category: 'premium' },
  W: { category: 'standard', accessible: true },
};

beforeAll(async () => {
  boxoffice = await startBoxoffice();
  const movie = await admin('POST', '/movies/', { title: 'The Last Reel', duration_minutes: 118 });
  const screen = await admin('POST', '/screens/', { name: 'Grand Hall', layout, legend });
  const created = await admin('POST', '/shows/', {
    ...{ movie_id: movie.body.id, screen_id: screen.body.id, date_time: '2035-01-01T20:00:00Z' },
    ...{ prices: { standard: 900, premium: 1_200 }, currency: 'EUR' },
  });
  expect(created.status).toBe(201);
  show = created.body.id;
});
afterAll(() => boxoffice.stop());

const status = async (seat: string) => {
  const { body } = await boxoffice.call<SeatMap>(`/api/shows/${show}/seats/`);
  return body.seats.find(({ seat_number }) => seat_number === seat)?.status;
};

test('a seat of the hall is booked by its label or its number, once', async () => {
  const booked = await boxoffice.book(show, 'B7', { wait: 10 });
  expect(booked).toMatchObject({ status: 201, body: { seat_number: 'B7', status: 'booked' } });
  expect(await status('B7')).toBe('booked');
  expectProblem(await boxoffice.book(show, 'b7', { wait: 10 }), 'seat_taken');
  // C1 comes after eight seats in each of two rows; the aisle takes no label.
  const last = await boxoffice.call<BookingView>(`/api/shows/${show}/book/`, {
    ...{ method: 'POST', user: 1, body: { seat_number: 17 }, headers: { prefer: 'wait=10' } },
  });
  expect(last).toMatchObject({ status: 201, body: { seat_number: 'C1' } });
});

test.each(['B9', 'A10', 'C3', 'D1', '19'])('there is no seat %s where the hall has a gap or ends', async (seat) => {
  const refused = await boxoffice.book(show, seat, { wait: 10 });
  expectProblem(refused, 'validation_failed');
  expect(refused.body.detail).toContain(`has no seat "${seat}": it has 18 seats`);
});

test('shows on two screens of the same layout, and with rows of their own, are sold next to each other', async () => {
  const twin = await admin('POST', '/screens/', { name: 'Second Hall', layout, legend });
  const movie = await admin('POST', '/movies/', { title: 'Encore', duration_minutes: 90 });
  const other = await admin('POST', '/shows/', {
    ...{ movie_id: movie.body.id, screen_id: twin.body.id, date_time: '2035-01-01T20:00:00Z' },
  });
  const rows = await boxoffice.addShow();
  const responses = await Promise.all(
    [show, other.body.id, rows].map((id) => boxoffice.book(id, 'A8', { wait: 10, user: id })),
  );
  expect(responses.map((response) => response.status)).toEqual([201, 201, 201]);
});
