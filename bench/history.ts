import type { Task } from './progress.ts';
import { type Cell, cellOf } from './report.ts';
import { type Bench, firstWarmUpSeconds, type RunResult, runCase, warmUp } from './run.ts';
import type { System } from './systems/system.ts';
import type { Case } from './workloads.ts';

const connections = 64;
const bookingsPerShow = 1_000;
/** Bookings in one statement. */
const batch = 200_000;
/** Bookings per second, a guess; only the estimate of the time rests on it. */
const fillRate = 40_000;

const workloads = ['hot', 'browse'] as const;
const sides = ['without', 'with'] as const;

/** What two installations do, one with an empty table and one with so many past bookings in it. */
export interface History {
  bookings: number;
  cells: Record<(typeof workloads)[number], Record<(typeof sides)[number], Cell>>;
}

/**
 * Hot and browse by turns on two new installations, which differ in their past alone.
 *
 * @param start starts one on servers of its own, with a folder of this name for them
 */
export function historyTasks(
  bench: Bench,
  start: (name: string) => Promise<System>,
  { bookings, rounds, seconds }: { bookings: number; rounds: number; seconds: number },
  onDone: (history: History, problems: string[]) => void,
): Task[] {
  const systems = {} as Record<(typeof sides)[number], System>;
  const problems: string[] = [];
  const results = new Map<string, RunResult[]>();
  const caseOf = (workload: (typeof workloads)[number]): Case => ({
    workload,
    mode: 'wait',
    connections,
    systems: ['boxoffice'],
  });
  const runs = Array.from({ length: rounds }, (_, round) =>
    workloads.flatMap((workload) =>
      // Who goes first takes turns.
      (round % 2 === 0 ? sides : sides.toReversed()).map((side) => ({
        name: `${workload}, ${side} past bookings`,
        seconds: seconds + 2,
        async run() {
          const result = await runCase(bench, systems[side], caseOf(workload), seconds);
          const key = `${workload} ${side}`;
          results.set(key, [...(results.get(key) ?? []), result]);
          problems.push(...result.problems.map((problem) => `${this.name}: ${problem}`));
        },
      })),
    ),
  ).flat();
  return [
    {
      name: `two more of Boxoffice, one with ${bookings} past bookings`,
      seconds: bookings / fillRate,
      async run() {
        for (const side of sides) systems[side] = await start(`history-${side}`);
        await addPastBookings(systems.with, bookings, bench.signal);
      },
    },
    ...sides.map((side) => ({
      name: `warming up, ${side} past bookings`,
      seconds: firstWarmUpSeconds,
      run: () => warmUp(bench, systems[side], Math.min(firstWarmUpSeconds, seconds)),
    })),
    ...runs,
    {
      name: 'past bookings',
      seconds: 0,
      async run() {
        const cells = (workload: (typeof workloads)[number]) => {
          const cell = (side: string) =>
            cellOf(caseOf(workload), 'boxoffice', results.get(`${workload} ${side}`) ?? []);
          return { without: cell('without'), with: cell('with') };
        };
        onDone({ bookings, cells: { hot: cells('hot'), browse: cells('browse') } }, problems);
      },
    },
  ];
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
