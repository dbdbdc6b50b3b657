import type { Task } from './progress.ts';
import { type Spread, spreadOf } from './report.ts';
import { type Bench, runCase } from './run.ts';
import type { System } from './systems/system.ts';
import type { Case } from './workloads.ts';

const connections = 64;
const bookingsPerShow = 1_000;
/** Bookings in one statement. */
const batch = 200_000;
/** Bookings per second, a guess; only the estimate of the time rests on it. */
const fillRate = 40_000;

export interface History {
  bookings: number;
  rates: Record<'hot' | 'browse', { without: Spread; with: Spread }>;
}

/** Hot and browse before and after so many past bookings, with their claims, are in the tables. */
export function historyTasks(
  bench: Bench,
  boxoffice: System,
  { bookings, rounds, seconds }: { bookings: number; rounds: number; seconds: number },
  onDone: (history: History, problems: string[]) => void,
): Task[] {
  const workloads = ['hot', 'browse'] as const;
  const problems: string[] = [];
  const rates = { hot: { without: [], with: [] }, browse: { without: [], with: [] } } as Record<
    'hot' | 'browse',
    { without: number[]; with: number[] }
  >;
  const runs = (when: 'without' | 'with'): Task[] =>
    Array.from({ length: rounds }, () =>
      workloads.map((workload) => ({
        name: `${workload}, ${when} past bookings`,
        seconds: seconds + 2,
        async run() {
          const run: Case = { workload, mode: 'wait', connections, systems: ['boxoffice'] };
          const result = await runCase(bench, boxoffice, run, seconds);
          rates[workload][when].push(result.rate);
          problems.push(...result.problems);
        },
      })),
    ).flat();
  const fill: Task = {
    name: `adding ${bookings} past bookings`,
    seconds: bookings / fillRate,
    run: () => addPastBookings(boxoffice, bookings, bench.signal),
  };
  const finish: Task = {
    name: 'past bookings',
    seconds: 0,
    async run() {
      const both = (workload: 'hot' | 'browse') => ({
        without: spreadOf(rates[workload].without),
        with: spreadOf(rates[workload].with),
      });
      onDone({ bookings, rates: { hot: both('hot'), browse: both('browse') } }, problems);
    },
  };
  return [...runs('without'), fill, ...runs('with'), finish];
}

/** Ids are as the gateway makes them: time first, so that an index grows at its end. */
async function addPastBookings({ pool }: System, bookings: number, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ first: number }>(
    `with shows as (
       insert into catalog.shows (movie_id, screen_name, date_time, total_seats, seats_per_row)
       select (select min(id) from catalog.movies), 'Screen 1', now() - interval '1 year', $2, 100
       from generate_series(1, $1) returning id)
     select min(id)::int as first from shows`,
    [Math.ceil(bookings / bookingsPerShow), bookingsPerShow],
  );
  const first = rows[0]?.first ?? 0;
  for (let from = 0; from < bookings; from += batch) {
    signal.throwIfAborted();
    await pool.query(
      `with past as materialized (
           select $3::int + n / $4::int as show_id, n % 5000 + 1 as user_id,
             chr(65 + (n % $4::int) / 100) || (n % 100 + 1) as seat,
             (lpad(to_hex(n), 12, '0') || '8000' || '8' || lpad(to_hex(n), 15, '0'))::uuid as id
           from generate_series($1::int, $2::int - 1) as n
         ), bookings as (
           insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
           select show_id, id, user_id, array[seat], 'booked', now() - interval '1 year' from past
         )
       insert into booking.seat_claims (show_id, seat_number, booking_id) select show_id, seat, id from past`,
      [from, Math.min(from + batch, bookings), first, bookingsPerShow],
    );
  }
  await pool.query('vacuum analyze booking.bookings');
  await pool.query('vacuum analyze booking.seat_claims');
}
