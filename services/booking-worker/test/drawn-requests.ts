import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import fc from 'fast-check';
import { seats, shows } from './model-database.ts';

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
  expected: fc.option(fc.constantFrom(0, 900, 1_800), { nil: undefined, freq: 2 }),
  seconds: fc.constantFrom(5, 10, 20),
});
const drawnConfirm = fc.record({ kind: fc.constant('confirm' as const), of, user, key: keyFor('confirm') });
const drawnCancel = fc.record({
  kind: fc.constant('cancel' as const),
  ...{ of, user, admin: fc.boolean(), key: keyFor('cancel') },
});
const drawnPay = fc.record({ kind: fc.constant('pay' as const), of, user, key: keyFor('pay') });

/** Requests for few seats by few users, so that they conflict. */
const drawn = fc.oneof(
  { weight: 3, arbitrary: drawnBook },
  { weight: 4, arbitrary: drawnHold },
  { weight: 3, arbitrary: drawnConfirm },
  { weight: 2, arbitrary: drawnCancel },
  { weight: 1, arbitrary: drawnPay },
);
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

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
    const showOf = new Map<string, number>();
    for (const [index, one] of envelopes.flatMap(({ requests }) => requests).entries())
      if ('show' in one) showOf.set(ids[index] ?? '', one.show);
    return envelopes.map(({ requests, ...timing }, envelope) => ({
      ...timing,
      requests: requests.map((one, place) => toRequest(one, `${envelope}-${place}`, ids, showOf)),
    }));
  });

function toRequest(one: Drawn, id: string, ids: string[], showOf: ReadonlyMap<string, number>): BookingRequest {
  const common = { id, user_id: one.user, request_id: 'r', ...(one.key && { key: one.key }) };
  if (one.kind === 'book') return { kind: 'book', show_id: one.show, seats: one.seats, ...common };
  if (one.kind === 'hold')
    return {
      ...{ kind: 'hold', show_id: one.show, wish: one.wish, hold_seconds: one.seconds, ...common },
      ...(one.replace && { replace: true }),
      ...(one.expected !== undefined && { expected_total: one.expected }),
    };
  const booking_id = ids[one.of % ids.length] ?? '';
  const named = { booking_id, show_id: showOf.get(booking_id) ?? 1, ...common };
  if (one.kind === 'confirm') return { kind: 'confirm', ...named };
  if (one.kind === 'pay') return { kind: 'pay', paid_with: 'cash', ...named };
  return { kind: 'cancel', ...named, ...(one.admin && { as_admin: true }) };
}
