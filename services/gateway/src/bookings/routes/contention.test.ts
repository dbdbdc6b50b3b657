/** Concurrent buyers, through two gateways and two workers: what winners and losers receive. */

import { type Answer, type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { politely } from '@boxoffice/testing/politely';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2, workers: 2 });
});
afterAll(() => boxoffice.stop());

/** Ways to request the same seat: spelling, gateway, waiting or polling. */
const spellings = [
  (seat: number) => ({ seat_number: seat }),
  (seat: number) => ({ seat_number: `${seat}` }),
  (seat: number) => ({ seat_number: labelOf(seat) }),
  (seat: number) => ({ seat_number: labelOf(seat).toLowerCase() }),
  (seat: number) => ({ seats: [labelOf(seat)] }),
];
const labelOf = (seat: number) => `${String.fromCharCode(65 + Math.floor((seat - 1) / 10))}${((seat - 1) % 10) + 1}`;

test('two buyers, one seat, in fifty concurrent variants: one gets it, the other learns that it is taken', async () => {
  const show = await boxoffice.addShow({ totalSeats: 50 });
  const seats = Array.from({ length: 50 }, (_, place) => place + 1);
  const pairs = await Promise.all(
    seats.map((seat) => Promise.all([0, 1].map((buyer) => askInSomeWay(show, seat, buyer)))),
  );
  for (const [place, pair] of pairs.entries()) {
    expect(pair.map((outcome) => outcome.code).sort()).toEqual(['booked', 'seat_taken']);
    expect(pair.map((outcome) => outcome.seats)).toEqual([[labelOf(place + 1)], [labelOf(place + 1)]]);
  }
  const claims = await boxoffice.rows<{ seat: string; user_id: number }>(
    `select seat_number as seat, bookings.user_id from booking.seat_claims join booking.bookings
       on bookings.show_id = seat_claims.show_id and id = booking_id where bookings.show_id = ? order by id`,
    [show],
  );
  expect(claims.map(({ seat }) => seat).sort()).toEqual(seats.map(labelOf).sort());
  const winners = pairs.flatMap((pair) => pair.filter((outcome) => outcome.code === 'booked'));
  const told = winners.map(({ seats, user }) => `${seats?.[0]} ${user}`);
  expect(claims.map(({ seat, user_id }) => `${seat} ${user_id}`).sort()).toEqual(told.sort());
});

test('overbooking is impossible: 200 buyers for the 20 seats of a show fill it and no more', async () => {
  const show = await boxoffice.addShow({ totalSeats: 20 });
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, buyer) => book(show, String((buyer % 20) + 1), buyer)),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  expect(answers.filter(({ status, body }) => status === 409 && body.code === 'seat_taken')).toHaveLength(180);
  const [sold] = await boxoffice.rows(
    `select (select count(*)::int from booking.seat_claims where show_id = ?) as claims,
       (select sum(cardinality(seats))::int from booking.bookings where show_id = ?) as booked`,
    [show, show],
  );
  expect(sold).toEqual({ claims: 20, booked: 20 });
  const { body } = await boxoffice.call<{ available_seats: number }>(`/api/shows/${show}/`);
  expect(body.available_seats).toBe(0);
});

test('several seats, all or none: nobody gets only some of the requested seats', async () => {
  const show = await boxoffice.addShow({ totalSeats: 12 });
  const wishes = Array.from({ length: 60 }, (_, buyer) =>
    [0, 1, 2].map((step) => String(((buyer + step * 5) % 12) + 1)),
  );
  const answers = await Promise.all(wishes.map((seats, buyer) => book(show, seats, buyer)));
  const held = await boxoffice.rows<{ user_id: number; seats: number; claims: number }>(
    `select bookings.user_id, cardinality(seats) as seats, count(seat_number)::int as claims from booking.bookings
       left join booking.seat_claims on seat_claims.show_id = bookings.show_id and booking_id = id
     where bookings.show_id = ? group by id, bookings.user_id, seats`,
    [show],
  );
  expect(held.length).toBeGreaterThan(0);
  expect(held.every(({ seats, claims }) => seats === 3 && claims === 3)).toBe(true);
  const winners = answers.flatMap(({ status }, buyer) => (status === 201 ? [buyer + 1] : []));
  expect(held.map(({ user_id }) => user_id).sort()).toEqual(winners.sort());
  const owned = new Set(
    answers.flatMap(({ status, body }) => (status === 201 ? (body as { seats?: string[] }).seats : [])),
  );
  for (const { status, body } of answers) {
    if (status === 201) continue;
    expect(body).toMatchObject({ status: 409, code: 'seat_taken' });
    expect(body.seats?.length).toBeGreaterThan(0);
    expect(body.seats?.every((seat) => owned.has(seat))).toBe(true);
  }
});

function gatewayOf(buyer: number): SpawnedService {
  const gateway = boxoffice.gateways[buyer % 2];
  if (!gateway) throw new Error('there are two gateways');
  return gateway;
}

function book(show: number, seats: string | string[], buyer: number): Promise<Answer> {
  const call = { user: buyer + 1, key: `show ${show}`, wait: 30, gateway: gatewayOf(buyer) };
  return politely(() => boxoffice.book(show, seats, call));
}

interface Told {
  user: number;
  code: string | undefined;
  seats: string[] | undefined;
}

async function askInSomeWay(show: number, seat: number, buyer: number): Promise<Told> {
  const user = seat * 2 + buyer;
  const way = seat + buyer * 3;
  const answer = await politely(() =>
    boxoffice.call(`/api/shows/${show}/book/`, {
      method: 'POST',
      user,
      body: spellings[way % spellings.length]?.(seat),
      headers: { 'idempotency-key': 'in some way', ...(way % 3 !== 0 && { prefer: 'wait=30' }) },
      gateway: gatewayOf(way),
    }),
  );
  if (answer.status === 202) {
    const job = await boxoffice.outcome(answer.body.id, { user });
    return { user, code: job.booking?.status ?? job.problem?.code, seats: job.booking?.seats ?? job.problem?.seats };
  }
  const code = answer.status === 201 ? String(answer.body.status) : answer.body.code;
  return { user, code, seats: (answer.body as { seats?: string[] }).seats };
}
