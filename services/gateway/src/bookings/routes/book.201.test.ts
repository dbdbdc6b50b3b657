import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow({ totalSeats: 100, seatsPerRow: 10 });
});
afterAll(() => boxoffice.stop());

test('Prefer: wait returns the booking and its location', async () => {
  const { status, headers, body } = await boxoffice.book(show, 'A1', { user: 7, wait: 10 });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.any(String),
    show_id: show,
    seats: ['A1'],
    seat_number: 'A1',
    status: 'booked',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    cancelled_at: null,
  });
  expect(headers.get('preference-applied')).toBe('wait=10');
  expect(headers.get('location')).toBe(`/api/bookings/${body.id}/`);
  const found = await boxoffice.call(headers.get('location') ?? '', { user: 7 });
  expect(found).toMatchObject({ status: 200, body });
});

test('the seat disappears from the map and the count before the outcome is sent', async () => {
  const countFree = async () =>
    (await boxoffice.call<{ available_seats: number }>(`/api/shows/${show}/`)).body.available_seats;
  const before = await countFree();
  await boxoffice.book(show, ['A2', 'A3'], { wait: 10 });
  const map = await boxoffice.call<{ seats: object[] }>(`/api/shows/${show}/seats/`);
  expect(map.body.seats[1]).toEqual({
    ...{ seat_number: 'A2', row: 'A', number: 2, column: 2, status: 'booked' },
    ...{ category: 'standard', accessible: false, price: 0 },
  });
  expect(await countFree()).toBe(before - 2);
});

test.each([
  ['a label in small letters', 'b1', 'B1'],
  ['a label with blanks around it', '  B2 ', 'B2'],
  ['a number', 13, 'B3'],
  ['a number as text', '14', 'B4'],
  ['the last number', 100, 'J10'],
])('a seat may be named by %s', async (_, seat_number, label) => {
  const answer = await boxoffice.call(`/api/shows/${show}/book/`, {
    method: 'POST',
    user: 1,
    body: { seat_number },
    headers: { prefer: 'wait=10' },
  });
  expect(answer).toMatchObject({ status: 201, body: { seats: [label], seat_number: label } });
});

test('several seats become one booking, in the requested order', async () => {
  const seats = ['C3', 'c1', 'C2'];
  const { status, body } = await boxoffice.book(show, seats, { wait: 10 });
  expect(status).toBe(201);
  expect(body).toMatchObject({ seats: ['C3', 'C1', 'C2'] });
  expect(body).not.toHaveProperty('seat_number');
});

test('ten seats are allowed', async () => {
  const seats = Array.from({ length: 10 }, (_, place) => `D${place + 1}`);
  expect(await boxoffice.book(show, seats, { wait: 10 })).toMatchObject({ status: 201, body: { seats } });
});

test('a list of one seat is equivalent to seat_number', async () => {
  expect(await boxoffice.book(show, ['E1'], { wait: 10 })).toMatchObject({ status: 201, body: { seat_number: 'E1' } });
});

test('the trailing slash is optional', async () => {
  const answer = await boxoffice.call(`/api/shows/${show}/book`, {
    method: 'POST',
    user: 1,
    body: { seat_number: 'E2' },
    headers: { prefer: 'wait=10' },
  });
  expect(answer).toMatchObject({ status: 201, body: { seat_number: 'E2' } });
});

test('a wait of more than 30 seconds is shortened, and Preference-Applied says so', async () => {
  const { status, headers } = await boxoffice.book(show, 'E3', { wait: 999 });
  expect(status).toBe(201);
  expect(headers.get('preference-applied')).toBe('wait=30');
});
