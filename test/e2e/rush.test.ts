/** `pnpm rush` against real service processes: the system's main job, from sign-up to seat. */
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RushReport, rush } from '../../scripts/rush/rush.ts';

const buyers = 500;
const seats = 80;
/** With this seed, each of the 80 seats is wanted by somebody. */
const seed = 7;

let boxoffice: Boxoffice;
let report: RushReport;

beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 2 });
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
  expect(report.verdict).toEqual({
    soldTwice: 0,
    soldBeyondCapacity: 0,
    acceptedUnanswered: 0,
    bookedWithoutRow: 0,
    rowsWithoutAnswer: 0,
    refusedWithoutReason: 0,
    faults: 0,
  });
  expect(report.clean).toBe(true);
});

test('half of the buyers waited for their outcome, half polled', () => {
  expect(report.latencyMs.waited?.p50).toBeLessThan(report.latencyMs.polled?.p50 ?? 0);
  expect(report.latencyMs.accepted?.p50).toBeLessThan(report.latencyMs.polled?.p50 ?? 0);
});

test('another rush on the full show fails with advice on what to do', async () => {
  const { url, databaseUrl } = boxoffice;
  const again = rush({ url, databaseUrl, show: report.show, buyers: 1, seed });
  await expect(again).rejects.toThrow(/^Show \d+ is full: choose another with --show/);
});
