import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { rowLabel } from '@boxoffice/shared/layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { envelope } from '@boxoffice/testing/envelope';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { idOf, taken, useTurnDatabase } from '../test/turn-database.ts';
import { Chores } from './chores.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();
let decide: (requests: BookingRequest[]) => Promise<Outcome[]>;
let chores: Chores;
beforeAll(() => {
  const store = new BookingStore(database.orm);
  const turns = database.newTurns(store);
  decide = (requests) => turns.decide(requests);
  chores = new Chores({
    ...{
      store,
      turns: { busy: false },
      partitionCount: () => 1,
      logger: createLogger('booking-worker', { LOG_LEVEL: 'silent' }),
    },
    leases: () => [{ partition: 0, session: database.session }],
    onSeatsFreed: () => undefined,
  });
});
afterAll(() => chores.stop());

const label = (seat: number) => `${rowLabel(Math.floor(seat / 10))}${(seat % 10) + 1}`;
const succeeded = { status: 'succeeded' };
const rejected = (code: string) => ({ status: 'rejected', problem: { code } });

/** Lets these holds end one after the other, this many milliseconds apart, beginning now. */
async function endSoon(ids: string[], apartMs: number): Promise<void> {
  await database.rows(
    `with ending as (
       select id, date_trunc('milliseconds', clock_timestamp()) + (place - 1) * ? * interval '1 millisecond' as at
       from unnest(?::uuid[]) with ordinality as ending (id, place)
     ), soon as (
       update booking.bookings set expires_at = at from ending where bookings.id = ending.id
     )
     update booking.seat_claims set expires_at = at from ending where booking_id = ending.id`,
    [apartMs, `{${ids}}`],
  );
}

it('a hold confirmed at the instant it ends, a thousand times, never leaves a seat with two owners', {
  timeout: 240_000,
}, async () => {
  chores.start();
  const wins = { confirmed: 0, taken: 0 };
  for (let round = 0; round < 20; round++) {
    const show = await database.addShow();
    const seats = Array.from({ length: 50 }, (_, seat) => label(seat));
    const held = envelope(
      show,
      seats.map((seat) => ({ hold: [seat], user: 5 })),
    );
    await decide(held);
    for (let first = 0; first < 50; first += 10) {
      await endSoon(
        held.slice(first, first + 10).map(({ id }) => id),
        5,
      );
      for (let place = first; place < first + 10; place++) {
        const confirm = envelope(show, [{ confirm: idOf(held, place), user: 5 }]);
        const rival = envelope(show, [{ seats: [label(place)], user: 6 }]);
        // Each in a turn of its own, and so with a clock of its own.
        const order = place % 2 === 0 ? [confirm, rival] : [rival, confirm];
        const outcomes: Outcome[] = [];
        for (const request of order) outcomes.push(...(await decide(request)));
        const isConfirmed = outcomes.find(({ id }) => id === idOf(confirm))?.status === 'succeeded';
        wins[isConfirmed ? 'confirmed' : 'taken']++;
        const expected = isConfirmed ? [succeeded, taken(label(place))] : [rejected('hold_expired'), succeeded];
        expect(place % 2 === 0 ? outcomes : outcomes.toReversed()).toMatchObject(expected);
      }
    }
    const claims = await database.claimsOf(show);
    const live =
      "select id, seats[1] as seat from booking.bookings where show_id = ? and status = 'booked' order by seat";
    const booked = await database.rows<{ id: string; seat: string }>(live, [show]);
    expect(booked.map(({ seat }) => seat).sort()).toEqual(seats.toSorted());
    expect(claims.map((claim) => claim.booking_id).sort()).toEqual(booked.map(({ id }) => id).sort());
  }
  expect(wins.confirmed + wins.taken).toBe(1_000);
  expect(Math.min(wins.confirmed, wins.taken)).toBeGreaterThan(100);
});

it.each([3_600_000, -3_600_000])(
  'the clock of the database ends a hold, though that of the process is %i ms off',
  async (offMs) => {
    const show = await database.addShow();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });
    try {
      const held = envelope(show, [{ hold: ['A1'], user: 5, seconds: 600 }]);
      await decide(held);
      const sql = `select extract(epoch from expires_at - now())::float8 as seconds from booking.bookings where show_id = ?`;
      const [row] = await database.rows<{ seconds: number }>(sql, [show]);
      expect(row?.seconds).toBeGreaterThan(540);
      expect(row?.seconds).toBeLessThan(601);
      expect(await decide(envelope(show, [{ seats: ['A1'] }]))).toMatchObject([taken('A1')]);
      await database.endHolds(show);
      expect(await decide(envelope(show, [{ seats: ['A1'] }]))).toMatchObject([succeeded]);
      expect(await decide(envelope(show, [{ confirm: idOf(held), user: 5 }]))).toMatchObject([
        rejected('hold_expired'),
      ]);
    } finally {
      vi.useRealTimers();
    }
  },
);
