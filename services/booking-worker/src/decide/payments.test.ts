import type { AuthorizedPayment, BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { envelope, type Wish } from '@boxoffice/testing/envelope';
import { beforeEach, describe, expect, test } from 'vitest';
import { ModelDatabase, nothing } from '../../test/model-database.ts';
import { openModel, online as show } from '../../test/open-model.ts';

const buyer = 7;

let { database, decide, make } = openModel();
let held: string;
beforeEach(() => {
  ({ database, decide, make } = openModel());
  held = hold(['A1', 'A2']);
});

const run = (...wishes: Wish[]): Outcome[] => decide(show, ...wishes).outcomes;
const hold = (seats: string[], user = buyer): string => make(show, { hold: seats, user });
const total = () => database.bookings.get(held)?.total ?? 0;
const payment = (id = 'p1', fields: Partial<AuthorizedPayment> = {}): AuthorizedPayment => ({
  ...{ id, amount: total(), currency: database.bookings.get(held)?.currency ?? '' },
  ...fields,
});
const pay = (id?: string, fields?: Partial<AuthorizedPayment>) =>
  run({ confirm: held, user: buyer, payment: payment(id, fields) });
const booked = { status: 'succeeded', booking: { status: 'booked' } };
const refused = (code: string) => ({ status: 'rejected', problem: { code } });
const due = (...kinds: string[]) => expect(database.outbox.map(({ kind }) => kind)).toEqual(kinds);

describe('an authorised payment', () => {
  test('books its hold, to be captured, and without one there is no booking', () => {
    expect(run({ confirm: held, user: buyer })).toMatchObject([refused('payment_required')]);
    due();
    expect(pay()).toMatchObject([{ ...booked, booking: { paid_at: database.now.toISOString() } }]);
    due('capture');
    expect(database.bookings.get(held)).toMatchObject({ status: 'booked', paymentId: 'p1' });
  });

  test('has one verdict for ever: requests repeat it, whatever has happened since', () => {
    const [first] = pay();
    expect(run({ cancel: held, user: buyer })).toMatchObject([{ status: 'succeeded' }]);
    const again = envelope(show, [{ confirm: held, user: buyer, payment: payment() }]);
    const { outcomes, changes } = database.run(again);
    expect(outcomes).toEqual([{ ...first, id: again[0]?.id }]);
    expect(changes).toMatchObject({ ...nothing, recorded: [{ status: 'succeeded' }] });
    due('capture', 'refund');
  });

  test('keeps its refusal when the seats become free again', () => {
    database.advance(600);
    const other = hold(['A2'], 8);
    expect(pay()).toMatchObject([refused('hold_expired')]);
    expect(run({ cancel: other, user: 8 })).toMatchObject([{ status: 'succeeded' }]);
    expect(pay()).toMatchObject([refused('hold_expired')]);
    due('void');
    expect(pay('p2')).toMatchObject([booked]);
    due('void', 'capture');
  });

  test('is decided once within a turn, too', () => {
    const wish = { confirm: held, user: buyer, payment: payment() };
    expect(run(wish, wish)).toMatchObject([booked, booked]);
    due('capture');
  });

  test('is released when another one has paid', () => {
    pay();
    expect(pay('p2')).toMatchObject([refused('nothing_due')]);
    due('capture', 'void');
  });

  test.each([
    ['less', { amount: 1 }],
    ['of more', { amount: 1_000_000 }],
    ['of another currency', { currency: 'JPY' }],
  ])('that is %s is released, and the hold stays', (_, fields) => {
    expect(pay('p1', fields)).toMatchObject([refused('payment_mismatch')]);
    due('void');
    expect(database.bookings.get(held)).toMatchObject({ status: 'held', paymentId: null });
  });

  test("books nothing of another user's", () => {
    expect(run({ confirm: held, user: 8, payment: payment() })).toMatchObject([refused('booking_not_found')]);
    due('void');
  });
});

describe('an authorisation that arrives', () => {
  test.each([
    ['1 ms before the end of the hold', 599.999, false],
    ['at the end', 600, false],
    ['1 ms after', 600.001, false],
    ['1 ms after, when the chores have ended it', 600.001, true],
  ])('%s books the seats, which nobody has taken', (_, seconds, chores) => {
    database.advance(seconds);
    if (chores) database.expireHolds();
    expect(pay()).toMatchObject([booked]);
    due('capture');
  });

  test.each([
    ['1 ms before the end of the hold', 599.999, true],
    ['at the end', 600, false],
    ['1 ms after', 600.001, false],
  ])('%s, when somebody else wants a seat before: the hold wins only while it lasts', (_, seconds, wins) => {
    database.advance(seconds);
    const other = run({ hold: ['A2'], user: 8 });
    expect(other).toMatchObject([{ status: wins ? 'rejected' : 'succeeded' }]);
    expect(pay()).toMatchObject([wins ? booked : refused('hold_expired')]);
    due(wins ? 'capture' : 'void');
  });
});

describe('a checkout', () => {
  const checkout = (seconds = 900): BookingRequest[] => envelope(show, [{ checkout: held, user: buyer, seconds }]);

  test('gives the hold more time, once, and the outcome of the hold stays what it was', () => {
    database.advance(500);
    const first = checkout();
    const extended = new Date(database.now.getTime() + 900_000).toISOString();
    expect(database.run(first).outcomes).toMatchObject([{ booking: { status: 'held', expires_at: extended } }]);
    expect([...database.claims.values()].map((claim) => claim.expiresAt?.toISOString())).toEqual([extended, extended]);
    database.advance(800);
    expect(database.run(checkout()).outcomes).toMatchObject([{ booking: { expires_at: extended } }]);
    expect(run({ hold: ['A1'], user: 8 })).toMatchObject([refused('seat_taken')]);
    const [before] = new ModelDatabase().run(envelope(show, [{ hold: ['A1', 'A2'], user: buyer }])).outcomes;
    const original = before?.status === 'succeeded' ? before.booking.expires_at : '';
    const hold = { kind: 'hold', id: held, show_id: show, user_id: buyer, request_id: 'r' } as const;
    const repeated = database.run([{ ...hold, wish: { seats: ['A1', 'A2'] }, hold_seconds: 600 }]).outcomes;
    expect(repeated).toMatchObject([{ status: 'succeeded', booking: { status: 'held', expires_at: original } }]);
  });

  test('does not shorten a hold, and does not begin once it is over, booked or cancelled', () => {
    const end = database.bookings.get(held)?.expiresAt?.toISOString();
    expect(database.run(checkout(60)).outcomes).toMatchObject([{ booking: { expires_at: end } }]);
    expect(run({ checkout: held, user: 8 })).toMatchObject([refused('booking_not_found')]);
    pay();
    expect(database.run(checkout()).outcomes).toMatchObject([refused('nothing_due')]);
    run({ cancel: held, user: buyer });
    expect(database.run(checkout()).outcomes).toMatchObject([refused('hold_expired')]);
    held = hold(['B1']);
    database.advance(600);
    expect(database.run(checkout()).outcomes).toMatchObject([refused('hold_expired')]);
  });
});

test('whoever has seen the show is not refunded, but an administrator may', () => {
  pay();
  const [stored] = [...database.shows.entries()].filter(([id]) => id === show);
  database.shows.set(show, { ...(stored?.[1] as NonNullable<typeof stored>[1]), startsAt: database.now });
  expect(run({ cancel: held, user: buyer })).toMatchObject([refused('show_started')]);
  due('capture');
  expect(run({ cancel: held, user: 1, asAdmin: true })).toMatchObject([{ status: 'succeeded' }]);
  due('capture', 'refund');
});
