import { setTimeout as delay } from 'node:timers/promises';
import { auditMoney } from '../../scripts/audit-money/audit-money.ts';
import { withDatabase } from '../../scripts/database.ts';
import type { VerdictRow } from './checker/history.ts';
import type { Audit } from './checker/money-audit.ts';
import type { MoneyHistory, PaymentRow } from './checker/money-history.ts';
import { now } from './clients/now.ts';
import type { Ledger } from './provider/ledger.ts';
import type { World } from './world/world.ts';

/** Everything that is to be done about money is done this long after the faults are over, in milliseconds. */
const usualSettlingMs = 30_000;
const pauseMs = 500;
/** Every so many looks, what waits for a later time is made due: those times grow to an hour while the provider is away. */
const looksPerHaste = 6;
const auditTries = 10;

type Snapshot = Pick<MoneyHistory, 'payments' | 'verdicts' | 'movements' | 'leftInOutbox' | 'forgottenEvents'>;
type StoredPayment = PaymentRow & { isBooked: boolean };
interface Rows {
  payments: StoredPayment[];
  verdicts: VerdictRow[];
  leftInOutbox: number;
  handled: string[];
  /** Payments that the provider has money of and no show has. */
  unknown: string[];
}

const sql = `select
  (select coalesce(json_agg(json_build_object('id', payment.id, 'show', payment.show_id, 'booking', payment.booking_id,
    'user', payment.user_id, 'amount', payment.amount, 'currency', payment.currency, 'status', payment.status,
    'isBooked', coalesce(booking.status = 'booked' and booking.payment_id = payment.id, false))), '[]')
    from payments.payments as payment left join booking.bookings as booking
      on booking.show_id = payment.show_id and booking.id = payment.booking_id
    where payment.show_id = any($1)) as payments,
  (select coalesce(json_agg(json_build_object('payment', payment_id, 'show', show_id, 'booking', booking_id,
    'code', problem ->> 'code', 'decided', (extract(epoch from decided_at) * 1000 - $2)::float8)), '[]')
    from booking.payment_verdicts where show_id = any($1)) as verdicts,
  (select count(*)::int from booking.outbox where show_id = any($1)) as "leftInOutbox",
  (select coalesce(json_agg(event_id), '[]') from payments.payment_events
    where event_id = any($3) and handled_at is not null) as handled,
  (select coalesce(json_agg(id), '[]') from unnest($4::text[]) as moved(id)
    where not exists (select from payments.payments where payments.id::text = moved.id)) as unknown`;

/**
 * Reads all about the money of these shows once nothing is left to be done about it, but does not wait longer than that
 * may take.
 */
export async function settledMoney(
  world: World,
  {
    ledger,
    shows,
    lostSince,
    settlingMs = usualSettlingMs,
  }: {
    ledger: Ledger;
    shows: readonly number[];
    lostSince: (from: number) => number;
    settlingMs?: number | undefined;
  },
): Promise<Snapshot> {
  const startedAt = now();
  for (let looks = 1; ; looks++) {
    ledger.update();
    const rows = await read(world, ledger, shows);
    for (const event of rows.handled) ledger.received.delete(event);
    const open = rows.payments.filter((payment) => !isSettled(payment, ledger)).map(({ id }) => id);
    const isDone = open.length + ledger.received.size + rows.leftInOutbox === 0;
    if (isDone || now() - startedAt > settlingMs + lostSince(startedAt)) return snapshot(rows, ledger);
    if (looks % looksPerHaste === 0) await hasten(world, open, [...ledger.received]);
    await delay(pauseMs);
  }
}

async function read({ servers }: World, ledger: Ledger, shows: readonly number[]): Promise<Rows> {
  const parameters = [shows, performance.timeOrigin, [...ledger.received], ledger.payments];
  const [rows] = await servers.sql<Rows>(sql, parameters);
  return rows as Rows;
}

function snapshot({ payments, verdicts, leftInOutbox, unknown }: Rows, ledger: Ledger): Snapshot {
  const ids = [...payments.map(({ id }) => id), ...unknown];
  const movements = ids.flatMap((id) => ledger.of(id)).sort((a, b) => a.at - b.at);
  return { payments, verdicts, movements, leftInOutbox, forgottenEvents: [...ledger.received] };
}

/** Whether Boxoffice knows how a payment has ended at the provider, and has nothing left to do about it. */
function isSettled({ id, status, isBooked }: StoredPayment, ledger: Ledger): boolean {
  const last = ledger.of(id).at(-1)?.what;
  if (last === undefined) return status === 'pending' || status === 'failed';
  return last === status && last !== 'authorized' && (last !== 'captured' || isBooked);
}

/** The audit of the database, once it can be had: connections may still be scarce after a storm. */
export async function auditOnceItCan({ servers }: World): Promise<Audit> {
  for (let tries = auditTries; ; tries--) {
    const audit = await withDatabase(servers.ownUrl, auditMoney).catch((error: Error) => {
      if (tries <= 1) throw error;
    });
    if (audit) return audit;
    await delay(pauseMs);
  }
}

/** Lets the time pass that these payments and events wait for: what nobody waits for stays as it is. */
async function hasten({ servers }: World, payments: string[], events: string[]): Promise<void> {
  const later = `now() + interval '2 seconds'`;
  await servers.sql(
    `update payments.payments set next_step_at = now() where id = any($1::uuid[]) and next_step_at > ${later}`,
    [payments],
  );
  await servers.sql(
    `update payments.payment_events set next_try_at = now() where event_id = any($1) and next_try_at > ${later}`,
    [events],
  );
}
