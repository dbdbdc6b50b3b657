import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { showLockClass } from '@boxoffice/shared/database/show-lock';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { beforeAll, describe, expect, it } from 'vitest';
import { idOf, taken, useTurnDatabase } from '../test/turn-database.ts';

const database = useTurnDatabase();
let decide: (requests: BookingRequest[]) => Promise<Outcome[]>;
beforeAll(() => {
  const turns = database.newTurns();
  decide = (requests) => turns.decide(requests);
});

const bookingsOf = (showId: number) =>
  database.rows<{ id: string; status: string; expires_at: string | null; confirmed_by: string | null }>(
    'select * from booking.bookings where show_id = ? order by id',
    [showId],
  );
const succeeded = (booking: object) => ({ status: 'succeeded', booking });
const rejected = (code: string) => ({ status: 'rejected', problem: { code } });

describe('holds', () => {
  it('block everyone else, and can be confirmed once, for good', async () => {
    const show = await database.addShow();
    const held = envelope(show, [{ hold: ['A1', 'A2'], user: 5 }]);
    const [outcome] = await decide(held);
    expect(outcome).toMatchObject(
      succeeded({ status: 'held', seats: ['A1', 'A2'], expires_at: expect.stringMatching(/Z$/) }),
    );
    expect(await decide(envelope(show, [{ seats: ['A2'] }, { hold: ['A2', 'A3'] }, { seats: ['A3'] }]))).toMatchObject([
      taken('A2'),
      taken('A2'),
      succeeded({ status: 'booked' }),
    ]);
    const confirms = envelope(show, [
      { confirm: idOf(held), user: 6 },
      { confirm: idOf(held), user: 5 },
    ]);
    const booked = succeeded({ id: idOf(held), status: 'booked', seats: ['A1', 'A2'] });
    expect(await decide(confirms)).toMatchObject([rejected('booking_not_found'), booked]);
    await database.setRules(show, "date_time = now() - interval '1 minute'");
    expect(await decide(envelope(show, [{ confirm: idOf(held), user: 5 }]))).toMatchObject([booked]);
    expect(await bookingsOf(show)).toMatchObject([
      { status: 'booked', confirmed_by: idOf(confirms, 1), expires_at: expect.anything() },
      { status: 'booked', confirmed_by: null, expires_at: null },
    ]);
    const claims = 'select expires_at, user_id from booking.seat_claims where show_id = ? order by seat_number';
    expect(await database.rows(claims, [show])).toEqual([
      { expires_at: null, user_id: 5 },
      { expires_at: null, user_id: 5 },
      { expires_at: null, user_id: 1 },
    ]);
  });

  it('block nobody from the moment they end, and are marked as expired when their seats are taken', async () => {
    const show = await database.addShow();
    const held = envelope(show, [{ hold: ['A1', 'A2'], user: 5 }]);
    await decide(held);
    await database.endHolds(show);
    const next = envelope(show, [{ seats: ['A2'] }]);
    expect(await decide(next)).toMatchObject([succeeded({ status: 'booked' })]);
    expect(await bookingsOf(show)).toMatchObject([{ status: 'expired' }, { status: 'booked' }]);
    expect(await database.claimsOf(show)).toEqual([{ seat_number: 'A2', booking_id: idOf(next) }]);
    expect(await decide(envelope(show, [{ confirm: idOf(held), user: 5 }]))).toMatchObject([rejected('hold_expired')]);
    expect(await decide(envelope(show, [{ cancel: idOf(held), user: 5 }]))).toMatchObject([rejected('hold_expired')]);
    expect(await decide(held)).toMatchObject([succeeded({ status: 'held' })]);
  });

  it('block nobody after their end, even if the turn began earlier and had to wait', async () => {
    const show = await database.addShow();
    await decide(envelope(show, [{ hold: ['A1'], user: 5, seconds: 1 }]));
    const connection = database.admin.em.getConnection();
    const lock = await connection.begin();
    const lockSql = 'select pg_advisory_xact_lock(?, ?)';
    await connection.execute(lockSql, [showLockClass, show], 'all', lock);
    const deciding = decide(envelope(show, [{ seats: ['A1'], user: 6 }]));
    await database.blocked();
    const isOver = 'select 1 from booking.bookings where show_id = ? and expires_at <= clock_timestamp()';
    await eventually(async () => (await database.rows(isOver, [show])).length > 0);
    await connection.commit(lock);
    expect(await deciding).toMatchObject([succeeded({ status: 'booked' })]);
  });

  it('can be confirmed late while nobody has taken their seats, whether or not they were marked as expired', async () => {
    const show = await database.addShow();
    const [first, second] = [['A1'], ['A2', 'A3']].map((seats) => envelope(show, [{ hold: seats, user: 5 }]));
    await decide([...(first ?? []), ...(second ?? [])]);
    await database.endHolds(show);
    // Marked, as the owner's chores do.
    await database.rows("update booking.bookings set status = 'expired' where id = ?", [idOf(second ?? [])]);
    await database.rows('delete from booking.seat_claims where booking_id = ?', [idOf(second ?? [])]);
    const confirm = (held: BookingRequest[] = []) => decide(envelope(show, [{ confirm: idOf(held), user: 5 }]));
    expect(await confirm(first)).toMatchObject([succeeded({ status: 'booked', seats: ['A1'] })]);
    expect(await confirm(second)).toMatchObject([succeeded({ status: 'booked', seats: ['A2', 'A3'] })]);
    expect((await database.claimsOf(show)).map((claim) => claim.seat_number)).toEqual(['A1', 'A2', 'A3']);
  });

  it('are released by a cancellation, for the very next request', async () => {
    const show = await database.addShow();
    const held = envelope(show, [{ hold: ['A1'], user: 5 }]);
    await decide(held);
    const outcomes = await decide(envelope(show, [{ cancel: idOf(held), user: 5 }, { hold: ['A1'] }]));
    expect(outcomes).toMatchObject([succeeded({ status: 'cancelled' }), succeeded({ status: 'held' })]);
  });

  it('last longer once when their payment begins in the same turn, and keep the end that they were given', async () => {
    const show = await database.addShow();
    await database.setRules(show, `payment = 'online', prices = '{"standard": 950}', currency = 'EUR'`);
    const held = envelope(show, [{ hold: ['A1'], user: 5 }]);
    const checkout = (seconds: number) => envelope(show, [{ checkout: idOf(held), user: 5, seconds }]);
    const [hold, begun] = await decide([...held, ...checkout(900)]);
    const endOf = (outcome?: Outcome) => outcome?.status === 'succeeded' && outcome.booking.expires_at;
    const ends = "select held_until, expires_at - held_until = interval '5 minutes' as is_longer";
    expect(await database.rows(`${ends} from booking.bookings where show_id = ?`, [show])).toEqual([
      { held_until: expect.anything(), is_longer: true },
    ]);
    const [again] = await decide(checkout(3_600));
    expect(endOf(again)).toBe(endOf(begun));
    expect(await decide(held)).toEqual([hold]);
    expect(endOf(hold)).not.toBe(endOf(begun));
  });

  it('are replaced when asked: by the new seats, or not at all', async () => {
    const show = await database.addShow();
    await decide(envelope(show, [{ hold: ['A1', 'A2'], user: 5 }, { seats: ['A9'] }]));
    const attempt = (hold: string[]) => decide(envelope(show, [{ hold, user: 5, replace: true }]));
    expect(await attempt(['A2', 'A9'])).toMatchObject([taken('A9')]);
    expect((await bookingsOf(show))[0]).toMatchObject({ status: 'held' });
    expect(await attempt(['A2', 'A3'])).toMatchObject([succeeded({ status: 'held', seats: ['A2', 'A3'] })]);
    expect((await database.claimsOf(show)).map((claim) => claim.seat_number)).toEqual(['A2', 'A3', 'A9']);
    expect((await bookingsOf(show))[0]).toMatchObject({ status: 'cancelled', cancelled_by: null });
  });
});

describe('the rules of a show', () => {
  const priced = `payment = 'counter', prices = '{"standard": 950}', currency = 'EUR'`;

  it('let a hold that has ended be confirmed for the price that was agreed only', async () => {
    const show = await database.addShow();
    const free = envelope(show, [{ hold: ['A1'], user: 5 }]);
    await decide(free);
    await database.endHolds(show);
    await database.setRules(show, priced);
    const agreed = envelope(show, [{ hold: ['A2'], user: 5 }]);
    await decide(agreed);
    await database.endHolds(show);
    const confirm = (held: BookingRequest[]) => decide(envelope(show, [{ confirm: idOf(held), user: 5 }]));
    expect(await confirm(free)).toMatchObject([rejected('price_changed')]);
    for (const change of [`prices = '{"standard": 951}'`, `currency = 'USD', prices = '{"standard": 950}'`]) {
      await database.setRules(show, change);
      expect(await confirm(agreed)).toMatchObject([rejected('price_changed')]);
    }
    await database.setRules(show, priced);
    expect(await confirm(agreed)).toMatchObject([succeeded({ status: 'booked', total: { amount: 950 } })]);
  });

  it('do not let the best seats leave a single one where that is forbidden', async () => {
    const show = await database.addShow(5);
    await database.setRules(show, 'forbid_single_seats = true');
    await decide(envelope(show, [{ seats: ['A1', 'A5'] }]));
    expect(await decide(envelope(show, [{ hold: { count: 2 } }]))).toMatchObject([rejected('no_seats_together')]);
  });

  it('are those in force at the decision: price, limit and sales window', async () => {
    const show = await database.addShow();
    await database.setRules(show, `${priced}, max_seats_per_user = 3`);
    const [held] = await decide(envelope(show, [{ hold: ['A1', 'A2'], user: 5, expected_total: 1_900 }]));
    expect(held).toMatchObject(
      succeeded({
        total: { amount: 1_900, currency: 'EUR' },
        items: [
          { seat: 'A1', category: 'standard', amount: 950 },
          { seat: 'A2', category: 'standard', amount: 950 },
        ],
        code: expect.stringMatching(/^[0-9A-Z]{8}$/),
      }),
    );
    expect(held).not.toHaveProperty('booking.paid_at');
    const late = envelope(show, [{ hold: ['A3'], user: 6, expected_total: 950 }]);
    await database.setRules(show, `prices = '{"standard": 1000}'`);
    expect(await decide(late)).toMatchObject([rejected('price_changed')]);
    const more = envelope(show, [
      { seats: ['A3'], user: 5 },
      { seats: ['A4'], user: 5 },
    ]);
    expect(await decide(more)).toMatchObject([succeeded({}), rejected('limit_reached')]);
    await database.setRules(show, "sales_open_at = now() + interval '1 hour'");
    expect(await decide(envelope(show, [{ seats: ['A5'] }]))).toMatchObject([rejected('sales_not_open')]);
    await database.setRules(show, "sales_open_at = null, sales_close_at = now() - interval '1 second'");
    expect(await decide(envelope(show, [{ seats: ['A5'] }]))).toMatchObject([rejected('sales_closed')]);
    await database.setRules(show, "status = 'cancelled'");
    expect(await decide(envelope(show, [{ seats: ['A5'] }]))).toMatchObject([rejected('show_cancelled')]);
  });

  it('give the best seats of a layout from the best outwards, leave no single seat, and respect categories', async () => {
    const show = await database.addShow(10);
    await database.rows(
      `with layout as (insert into catalog.layouts (hash, rows, legend, total_seats)
         values ('\\x01', '{PPPP_PP,SSSS_SS}', '{"P": {"category": "premium"}, "S": {"category": "standard"}}', 12) returning id)
       update catalog.shows set layout_id = layout.id, total_seats = 12, seats_per_row = 7, payment = 'counter',
         prices = '{"premium": 1500, "standard": 1000}', currency = 'EUR', forbid_single_seats = true
       from layout where shows.id = ?`,
      [show],
    );
    const lonely = { status: 'rejected', problem: { code: 'leaves_single_seat', seats: ['A2'] } };
    expect(await decide(envelope(show, [{ hold: ['A1', 'A3'] }, { seats: ['A1'] }]))).toMatchObject([
      lonely,
      succeeded({ total: { amount: 1_500 } }),
    ]);
    const outcomes = await decide(envelope(show, [{ hold: { count: 2 } }, { hold: { count: 2 } }]));
    const seats = outcomes.map((outcome) => (outcome.status === 'succeeded' ? outcome.booking.seats.join(' ') : null));
    expect(seats).toEqual(['B3 B4', 'A2 A3']);
  });

  it('let a booking be paid once, and record who took the money', async () => {
    const show = await database.addShow();
    const held = envelope(show, [{ hold: ['A1'], user: 5 }]);
    await database.setRules(show, priced);
    await decide(held);
    const pays = [0, 1, 2].map(() => envelope(show, [{ pay: idOf(held), user: 42 }]));
    expect(await decide(pays[0] ?? [])).toMatchObject([rejected('nothing_due')]);
    await decide(envelope(show, [{ confirm: idOf(held), user: 5 }]));
    const [paid] = await decide(pays[1] ?? []);
    expect(paid).toMatchObject(succeeded({ status: 'booked', paid_at: expect.stringMatching(/Z$/) }));
    expect(await decide([...(pays[2] ?? []), ...(pays[1] ?? [])])).toMatchObject([
      { ...paid, id: idOf(pays[2] ?? []) },
      { ...paid },
    ]);
    const lines = await database.rows<object>('select * from booking.audit_lines where show_id = ?', [show]);
    expect(lines).toMatchObject([
      {
        ...{ action: 'pay', actor_id: 42, subject_id: idOf(held) },
        ...{ before: { paid_at: null }, after: { paid_at: expect.any(String), paid_with: 'cash' } },
      },
    ]);
  });
});
