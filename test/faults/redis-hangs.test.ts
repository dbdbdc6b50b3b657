import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true });
});
afterAll(() => boxoffice.stop());

it('answers a thousand concurrent requests within 1.5 s while Redis hangs, and books for none that it refused', {
  retry: 2,
}, async () => {
  const show = await boxoffice.addShow({ totalSeats: 2_000 });
  const { redis } = boxoffice.servers;
  const bookAt = async (seat: number, signal?: AbortSignal) => {
    const response = await fetch(`${boxoffice.url}/api/shows/${show}/book/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${boxoffice.token(1)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ seat_number: seat }),
      ...(signal && { signal }),
    });
    const body = (await response.json()) as { code?: string; job_id?: string };
    return { seat, status: response.status, body };
  };
  const seats = Array.from({ length: 1_000 }, (_, index) => index + 1);
  // The connections are open, as those of a busy gateway are.
  await Promise.all(seats.map((seat) => bookAt(seat + 1_000)));

  const [gateway] = boxoffice.gateways;
  const linesBefore = gateway?.logs.length ?? 0;
  /** In milliseconds, as the gateway measures: here they would contain what a thousand calls cost this process. */
  const responseTimes = () =>
    (gateway?.logs ?? [])
      .slice(linesBefore)
      .map((line) => JSON.parse(line) as { msg: string; route: string; ms: number })
      .flatMap(({ msg, route, ms }) => (msg === 'request' && route === '/api/shows/:id/book/' ? [ms] : []));

  redis.kill('SIGSTOP');
  const leaving = new AbortController();
  const [left, stayed] = [seats.slice(900), seats.slice(0, 900)];
  const gone = left.map((seat) => bookAt(seat, leaving.signal).catch(() => null));
  const responses = stayed.map((seat) => bookAt(seat));
  setTimeout(() => leaving.abort(), 200);
  const answered = await Promise.all(responses);
  await Promise.all(gone);
  redis.kill('SIGCONT');
  await eventually(() => responseTimes().length >= answered.length);

  expect(new Set(answered.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
    new Set(['503 queue_unavailable']),
  );
  expect(Math.max(...responseTimes())).toBeLessThan(1_500);
  // Decided after everything that may have been accepted before.
  expect((await boxoffice.book(show, '2000', { wait: 10 })).status).toBe(409);
  const rows = await boxoffice.rows<{ seats: string[] }>('select seats from booking.bookings where show_id = ?', [
    show,
  ]);
  const booked = new Set(rows.flatMap((row) => row.seats));
  const label = (seat: number) => `${rowLabel(Math.floor((seat - 1) / 10))}${((seat - 1) % 10) + 1}`;
  const refused = answered.filter(({ body }) => body.job_id === undefined);
  expect(refused.length).toBeGreaterThan(500);
  expect(refused.filter(({ seat }) => booked.has(label(seat)))).toEqual([]);
});

/** A, B, …, Z, AA, … */
function rowLabel(row: number): string {
  return `${row >= 26 ? rowLabel(Math.floor(row / 26) - 1) : ''}${String.fromCharCode(65 + (row % 26))}`;
}
