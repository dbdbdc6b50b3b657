/** `pnpm rush` against real service processes: the system's main job, from sign-up to seat. */
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RushReport, rush } from '../../scripts/rush/rush.ts';

const buyers = 500;
const seats = 80;
/** With this seed, each of the 80 seats is wanted by somebody. */
const seed = 7;

const cleanVerdict = {
  soldTwice: 0,
  soldBeyondCapacity: 0,
  acceptedUnanswered: 0,
  bookedWithoutRow: 0,
  rowsWithoutAnswer: 0,
  refusedWithoutReason: 0,
  holdsNotEnded: 0,
  faults: 0,
};

let boxoffice: Boxoffice;
let report: RushReport;

beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 2, env: { HOLD_SECONDS: '3' } });
  const show = await boxoffice.addShow({ totalSeats: seats });
  const { url, databaseUrl } = boxoffice;
  report = await rush({ url, databaseUrl, show, buyers, seed });
}, 240_000);
afterAll(() => boxoffice.stop());

test('every wanted seat is sold, and everyone else learns that theirs is taken', () => {
  expect(report.seatsWanted).toBe(seats);
  expect(report.outcomes).toEqual({ booked: seats, seat_taken: buyers - seats });
});

test('the database agrees with the response to every buyer', () => {
  expect(report.verdict).toEqual(cleanVerdict);
  expect(report.clean).toBe(true);
});

test('half of the buyers waited for their outcome, half polled', () => {
  expect(report.latencyMs.waited?.p50).toBeLessThan(report.latencyMs.polled?.p50 ?? 0);
  expect(report.latencyMs.accepted?.p50).toBeLessThan(report.latencyMs.polled?.p50 ?? 0);
});

test('buyers may hold first: some confirm, some are late or never do, and every hold ends', async () => {
  const show = await boxoffice.addShow({ totalSeats: 60 });
  const { url, databaseUrl } = boxoffice;
  const holds = { holdingPercent: 80, abandoningPercent: 30, thinkingSeconds: 2 };
  const held = await rush({ url, databaseUrl, show, buyers: 120, seed, ...holds });
  expect(held.verdict).toEqual(cleanVerdict);
  expect(Object.keys(held.outcomes).sort()).toEqual(['booked', 'expired', 'seat_taken']);
  const left = "select 1 from booking.bookings where show_id = ? and status = 'held'";
  expect(await boxoffice.rows(left, [show])).toEqual([]);
});

test('another rush on the full show fails with advice on what to do', async () => {
  const { url, databaseUrl } = boxoffice;
  const again = rush({ url, databaseUrl, show: report.show, buyers: 1, seed });
  await expect(again).rejects.toThrow(/^Show \d+ is full: choose another with --show/);
});
