import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import fc from 'fast-check';
import { seatPrice, seats, shows } from './model-database.ts';

const goneShow = 3;

/** Requests of one envelope, decided this long after those before. */
export interface DrawnEnvelope {
  afterSeconds: number;
  /** Whether the owner's chores run before. */
  chores: boolean;
  requests: BookingRequest[];
}

/** Few keys, so that requests share them. Half of the time a repeat asks for something else. */
const keyFor = (kind: string) =>
  fc.option(fc.record({ hash: fc.constantFrom('k1', 'k2'), fingerprint: fc.constantFrom(`${kind} 1`, `${kind} 2`) }), {
    nil: undefined,
  });

const user = fc.integer({ min: 1, max: 3 });
const show = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...shows) }, fc.constant(goneShow));
const someSeats = fc.uniqueArray(fc.constantFrom(...seats, 'B4'), { minLength: 1, maxLength: 3 });
/** Any request may be named: an earlier or a later one, the request itself, or one that makes no booking. */
const of = fc.nat(30);

const drawnBook = fc.record({ kind: fc.constant('book' as const), show, seats: someSeats, user, key: keyFor('book') });
const drawnHold = fc.record({
  kind: fc.constant('hold' as const),
  ...{ show, user, key: keyFor('hold') },
  wish: fc.oneof(
    fc.record({ seats: someSeats }),
    fc.record({ best: fc.record({ count: fc.integer({ min: 1, max: 4 }) }) }),
  ),
  replace: fc.boolean(),
  expected: fc.option(fc.constantFrom(0, seatPrice, 2 * seatPrice), { nil: undefined, freq: 2 }),
  seconds: fc.constantFrom(5, 10, 20),
});
const drawnConfirm = fc.record({ kind: fc.constant('confirm' as const), of, user, key: keyFor('confirm') });
const drawnCancel = fc.record({
  kind: fc.constant('cancel' as const),
  ...{ of, user, admin: fc.boolean(), key: keyFor('cancel') },
});
const drawnCheckout = fc.record({
  kind: fc.constant('checkout' as const),
  ...{ of, user, key: keyFor('checkout'), seconds: fc.constantFrom(5, 20) },
});
/** Mostly of whom and what it should be. A booking may be paid for twice, and the same payment sent again. */
const drawnPayment = fc.record({
  kind: fc.constant('payment' as const),
  ...{ of, user: fc.option(user, { nil: undefined, freq: 5 }), attempt: fc.constantFrom(1, 2) },
  tampered: fc.option(fc.constantFrom({ amount: 1 }, { currency: 'JPY' }), { nil: undefined, freq: 5 }),
  key: fc.constant(undefined),
});
const drawnPay = fc.record({ kind: fc.constant('pay' as const), of, user, key: keyFor('pay') });

/** Requests for few seats by few users, so that they conflict. */
const drawn = fc.oneof(
  { weight: 3, arbitrary: drawnBook },
  { weight: 4, arbitrary: drawnHold },
  { weight: 3, arbitrary: drawnConfirm },
  { weight: 2, arbitrary: drawnCancel },
  { weight: 1, arbitrary: drawnPay },
  { weight: 1, arbitrary: drawnCheckout },
  { weight: 3, arbitrary: drawnPayment },
);
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;
type DrawnSale = Extract<Drawn, { kind: 'book' | 'hold' }>;
type DrawnPayment = Extract<Drawn, { kind: 'payment' }>;

const drawnEnvelope = fc.record({
  afterSeconds: fc.constantFrom(0, 1, 5, 10, 30),
  chores: fc.boolean(),
  requests: fc.array(drawn, { minLength: 1, maxLength: 10 }),
});

/** Three envelopes; changes name bookings of any of them. */
export const threeEnvelopes = fc
  .array(drawnEnvelope, { minLength: 3, maxLength: 3 })
  .map((envelopes): DrawnEnvelope[] => {
    const ids = envelopes.flatMap(({ requests }, envelope) => requests.map((_, place) => `${envelope}-${place}`));
    const sales = new Map<string, DrawnSale>();
    for (const [index, one] of envelopes.flatMap(({ requests }) => requests).entries())
      if ('show' in one) sales.set(ids[index] ?? '', one);
    return envelopes.map(({ requests, ...timing }, envelope) => ({
      ...timing,
      requests: requests.map((one, place) => toRequest(one, `${envelope}-${place}`, ids, sales)),
    }));
  });

function toRequest(one: Drawn, id: string, ids: string[], sales: ReadonlyMap<string, DrawnSale>): BookingRequest {
  if (one.kind === 'payment') return toPaidConfirm(one, id, ids, sales);
  const common = { id, user_id: one.user, request_id: 'r', ...(one.key && { key: one.key }) };
  if (one.kind === 'book') return { kind: 'book', show_id: one.show, seats: one.seats, ...common };
  if (one.kind === 'hold')
    return {
      ...{ kind: 'hold', show_id: one.show, wish: one.wish, hold_seconds: one.seconds, ...common },
      ...(one.replace && { replace: true }),
      ...(one.expected !== undefined && { expected_total: one.expected }),
    };
  const booking_id = ids[one.of % ids.length] ?? '';
  const named = { booking_id, show_id: sales.get(booking_id)?.show ?? 1, ...common };
  if (one.kind === 'confirm') return { kind: 'confirm', ...named };
  if (one.kind === 'checkout') return { kind: 'checkout', payment_seconds: one.seconds, ...named };
  if (one.kind === 'pay') return { kind: 'pay', paid_with: 'cash', ...named };
  return { kind: 'cancel', ...named, ...(one.admin && { as_admin: true }) };
}

function toPaidConfirm(
  { of, user, attempt, tampered }: DrawnPayment,
  id: string,
  ids: string[],
  sales: ReadonlyMap<string, DrawnSale>,
): BookingRequest {
  const booking_id = ids[of % ids.length] ?? '';
  const sale = sales.get(booking_id);
  const payment = { id: `${booking_id}/${attempt}`, amount: seatPrice * countOf(sale), currency: 'EUR', ...tampered };
  const named = { booking_id, show_id: sale?.show ?? 1, user_id: user ?? sale?.user ?? 1 };
  return { kind: 'confirm', id, request_id: 'r', payment, ...named };
}

function countOf(sale: DrawnSale | undefined): number {
  if (sale?.kind !== 'hold') return sale?.seats.length ?? 1;
  return 'seats' in sale.wish ? sale.wish.seats.length : sale.wish.best.count;
}
