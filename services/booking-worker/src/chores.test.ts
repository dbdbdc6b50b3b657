import { setTimeout as delay } from 'node:timers/promises';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { rowLabel } from '@boxoffice/shared/layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useTurnDatabase } from '../test/turn-database.ts';
import { Chores } from './chores.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();
const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
let decide: (requests: BookingRequest[]) => Promise<Outcome[]>;
let store: BookingStore;
beforeAll(() => {
  store = new BookingStore(database.orm);
  const turns = database.newTurns(store);
  decide = (requests) => turns.decide(requests);
});

const running: Chores[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((chores) => chores.stop()));
});

/** Serves the only partition. Returns the shows whose seats were announced. */
function startChores(session = database.session): number[] {
  const freed: number[] = [];
  const chores = new Chores({
    ...{ store, turns: { busy: false }, partitionCount: () => 1, logger },
    leases: () => [{ partition: 0, session }],
    onSeatsFreed: (shows) => freed.push(...shows),
  });
  chores.start();
  running.push(chores);
  return freed;
}

const statusesOf = (showId: number) =>
  database.rows<{ status: string; count: number }>(
    'select status, count(*)::int as count from booking.bookings where show_id = ? group by status order by status',
    [showId],
  );
const label = (seat: number) => `${rowLabel(Math.floor(seat / 10))}${(seat % 10) + 1}`;
const wishes = (count: number, kind: 'hold' | 'seats', from = 0) =>
  Array.from({ length: count }, (_, index) =>
    kind === 'hold' ? { hold: [label(from + index)] } : { seats: [label(from + index)] },
  );
const endOnce = () =>
  store.endBookings([{ partition: 0, session: database.session }], {
    ...{ partitionCount: 1, cancelledWithinSeconds: 600 },
  });

const nothing = { shows: [], ended: 0, nextInMs: null, mayHaveMore: false };
const fullBatch = { shows: [1], ended: 200, nextInMs: 0, mayHaveMore: true };

/** When each search began that these were the results of, while requests are being decided. */
async function searchTimes(results: Awaited<ReturnType<typeof endOnce>>[], tookMs = 0): Promise<number[]> {
  const times: number[] = [];
  const all = Promise.withResolvers<void>();
  const busy = new Chores({
    ...{ turns: { busy: true }, partitionCount: () => 1, logger, onSeatsFreed: () => undefined },
    store: {
      async endBookings() {
        const result = results[times.push(performance.now()) - 1];
        if (!result) all.resolve();
        await delay(tookMs);
        return result ?? nothing;
      },
    },
    leases: () => [{ partition: 0, session: 1 }],
  });
  busy.start();
  running.push(busy);
  await all.promise;
  return times;
}

describe('the chores of an owner', () => {
  it('expire a hold within two seconds of its end, and announce its seats', async () => {
    const show = await database.addShow();
    const freed = startChores();
    await decide(envelope(show, [{ hold: ['A1', 'A2'], seconds: 1 }, { hold: ['A3'] }, { seats: ['A4'] }]));
    const sql = `select status, clock_timestamp() - expires_at < interval '2 seconds' as is_early from booking.bookings
      where show_id = ? and seats = '{A1,A2}'`;
    const find = async () => (await database.rows<{ status: string; is_early: boolean }>(sql, [show]))[0];
    expect(await find()).toEqual({ status: 'held', is_early: true });
    await eventually(async () => (await find())?.status === 'expired', { intervalMs: 10 });
    expect(await find()).toEqual({ status: 'expired', is_early: true });
    await eventually(() => freed.length > 0);
    expect(freed).toEqual([show]);
    expect((await database.claimsOf(show)).map((claim) => claim.seat_number)).toEqual(['A3', 'A4']);
  });

  it('consider every cancelled show again after the number of partitions has changed', async () => {
    const searches: { partitionCount: number; cancelledWithinSeconds: number }[] = [];
    const chores = new Chores({
      ...{ turns: { busy: false }, logger, onSeatsFreed: () => undefined },
      store: {
        async endBookings(_, search) {
          searches.push(search);
          return { ...nothing, nextInMs: 0 };
        },
      },
      partitionCount: () => (searches.length < 2 ? 4 : 8),
      leases: () => [{ partition: 0, session: 1 }],
    });
    chores.start();
    running.push(chores);
    await eventually(() => searches.length === 4);
    const ever = searches[0]?.cancelledWithinSeconds ?? 0;
    expect(searches.map((search) => [search.partitionCount, search.cancelledWithinSeconds === ever])).toEqual([
      [4, true],
      [4, false],
      [8, true],
      [8, false],
    ]);
  });

  it('end at most two hundred bookings per transaction, and the next owner continues where a killed one stopped', async () => {
    const show = await database.addShow(1_000);
    await decide(envelope(show, wishes(120, 'hold')));
    await decide(envelope(show, wishes(120, 'hold', 120)));
    await database.endHolds(show);
    expect(await endOnce()).toEqual({ shows: [show], ended: 200, nextInMs: 0, mayHaveMore: true });
    expect(await statusesOf(show)).toEqual([
      { status: 'expired', count: 200 },
      { status: 'held', count: 40 },
    ]);
    startChores();
    await eventually(async () => (await database.claimsOf(show)).length === 0);
    expect(await statusesOf(show)).toEqual([{ status: 'expired', count: 240 }]);
  });

  it('end thousands within seconds, even while requests are being decided', async () => {
    const batches = Array.from({ length: 50 }, () => fullBatch);
    const searches = await searchTimes([...batches, nothing]);
    expect(Math.max(...searches) - Math.min(...searches)).toBeLessThan(6_000);
  });

  it('leave the requests as much time as a batch took', async () => {
    const batches = Array.from({ length: 5 }, () => fullBatch);
    const searches = await searchTimes(batches, 60);
    // The time of the batch, and of the pause.
    for (const [index, at] of searches.slice(1).entries()) expect(at - (searches[index] ?? 0)).toBeGreaterThan(115);
  });

  it('search once a second while nothing ends, and earlier when a hold does', async () => {
    const soon = { ...nothing, nextInMs: 400 };
    const late = { ...nothing, nextInMs: 5_000 };
    const searches = await searchTimes([nothing, soon, soon, soon, late, nothing]);
    const pauses = searches.slice(1).map((at, index) => at - (searches[index] ?? 0));
    expect(pauses[0]).toBeGreaterThan(990);
    expect(Math.min(...pauses.slice(1, 4))).toBeGreaterThan(390);
    expect(Math.min(...pauses.slice(1, 4))).toBeLessThan(900); // the other two may have been interrupted
    expect(pauses[4]).toBeGreaterThan(990);
  });

  it('change nothing once the lease is lost', async () => {
    const show = await database.addShow();
    await decide(envelope(show, [{ hold: ['A1'] }]));
    await database.endHolds(show);
    const search = { partitionCount: 1, cancelledWithinSeconds: 600 };
    await expect(store.endBookings([{ partition: 0, session: 999 }], search)).rejects.toThrow('has ended');
    expect(await statusesOf(show)).toEqual([{ status: 'held', count: 1 }]);
    expect(await endOnce()).toEqual({ shows: [show], ended: 1, nextInMs: 0, mayHaveMore: false });
  });

  it('leave the shows of other partitions alone', async () => {
    const show = await database.addShow();
    await decide(envelope(show, [{ hold: ['A1'] }]));
    await database.endHolds(show);
    const others = [{ partition: (show + 1) % 2, session: database.session }];
    expect(await store.endBookings(others, { partitionCount: 2, cancelledWithinSeconds: 600 })).toMatchObject({
      ...{ shows: [], ended: 0 },
    });
    await endOnce();
  });

  it('cancel all bookings of a show that is cancelled in mid-rush: no live claim is left, every request is answered', async () => {
    const show = await database.addShow(1_000);
    const rush = Array.from({ length: 8 }, (_, index) =>
      envelope(show, wishes(60, index % 2 === 0 ? 'hold' : 'seats', index * 60)),
    );
    const deciding = rush.map((requests) => decide(requests));
    await deciding[0];
    startChores();
    await database.setRules(show, "status = 'cancelled', cancelled_at = now(), cancel_reason = 'The projector broke'");
    const outcomes = (await Promise.all(deciding)).flat();
    expect(outcomes).toHaveLength(480);
    for (const outcome of outcomes)
      if (outcome.status !== 'succeeded') expect(outcome.problem.code).toBe('show_cancelled');
    await eventually(async () => (await database.claimsOf(show)).length === 0);
    const made = outcomes.filter(({ status }) => status === 'succeeded').length;
    expect(made).toBeGreaterThan(0);
    const sql = `select distinct status, cancel_reason, cancelled_at is not null as has_time from booking.bookings where show_id = ?`;
    expect(await database.rows(sql, [show])).toEqual([
      { status: 'cancelled', cancel_reason: 'The projector broke', has_time: true },
    ]);
    expect(await statusesOf(show)).toEqual([{ status: 'cancelled', count: made }]);
    // Whatever was decided is repeated as it was.
    expect(await decide(rush[0] ?? [])).toEqual(outcomes.slice(0, 60));
  });

  it('search all cancelled shows again while some bookings of several seats may be left', async () => {
    const show = await database.addShow(1_000);
    const groups = Array.from({ length: 50 }, (_, group) => ({
      seats: Array.from({ length: 10 }, (_, index) => label(group * 10 + index)),
    }));
    await decide(envelope(show, groups));
    // Long ago: an outage was long, and only a search of all cancelled shows finds this one.
    await database.setRules(show, "status = 'cancelled', cancelled_at = now() - interval '1 day', cancel_reason = 'x'");
    startChores();
    await eventually(async () => (await database.claimsOf(show)).length === 0, { timeoutMs: 10_000 });
    expect(await statusesOf(show)).toEqual([{ status: 'cancelled', count: 50 }]);
  });
});
