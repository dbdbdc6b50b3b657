import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { AdminPaymentQuery, PaymentHistoryEntry, PaymentSums } from '@boxoffice/shared/contracts/payments';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { readDatabase } from '../bookings/index.ts';
import { type PaymentRow, paymentRow } from './payment-row.ts';

/** All that the next step of a payment depends on, from one snapshot. */
export interface PaymentFacts {
  payment: PaymentRow;
  /** What the show's line decided about it; null while it has not. */
  accepted: boolean | null;
  /** Whether its booking is booked by this payment now. */
  isBooked: boolean;
  holdEndsAt: Date | null;
}

/** The most payments that are counted for a list. */
const countLimit = 100_000;
const historyLimit = 200;

/** Reads payments, and what the booking-worker has decided about them. */
export class StoredPayments {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** @throws {ProblemError} database_unavailable, like all of these */
  async find(id: string): Promise<PaymentRow | null> {
    return (await this.#payments('where id = ?', [id]))[0] ?? null;
  }

  /** The payment of a booking that is still open or has succeeded. */
  async findOpen(bookingId: string): Promise<PaymentRow | null> {
    const open = `where booking_id = ? and status in ('pending', 'authorized', 'captured') order by created_at desc limit 1`;
    return (await this.#payments(open, [bookingId]))[0] ?? null;
  }

  async findFacts(id: string): Promise<PaymentFacts | null> {
    const [row] = await this.#read<Record<string, unknown>>(factsSql, [id]);
    if (!row) return null;
    return {
      payment: paymentRow(row),
      accepted: row.accepted as boolean | null,
      isBooked: row.is_booked as boolean,
      holdEndsAt: row.expires_at ? new Date(row.expires_at as string) : null,
    };
  }

  /** One page of payments, newest first. */
  async list({ page, page_size, needs_attention, ...filter }: AdminPaymentQuery): Promise<Rows<PaymentRow>> {
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    // The names come from the query's schema, never from a client.
    const conditions = given.map(([name]) => `${name} = ?`);
    if (needs_attention !== undefined) conditions.push(`attention is ${needs_attention ? 'not null' : 'null'}`);
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    const values = given.map(([, value]) => value);
    const [counted] = await this.#read<{ count: number }>(
      `select count(*)::int as count from (select from payments.payments ${where} limit ${countLimit}) as counted`,
      values,
    );
    const results = await this.#payments(`${where} order by created_at desc, id desc limit ? offset ?`, [
      ...values,
      page_size,
      (page - 1) * page_size,
    ]);
    return { count: counted?.count ?? 0, results };
  }

  /** What happened to a payment, oldest first; if that is much, the newest of it. */
  async history(id: string): Promise<PaymentHistoryEntry[]> {
    const rows = await this.#read<Omit<PaymentHistoryEntry, 'at'> & { received_at: string }>(
      `select received_at, source, kind, outcome, data from (
         select * from payments.payment_events where payment_id = ? order by id desc limit ${historyLimit}
       ) as newest order by id`,
      [id],
    );
    return rows.map(({ received_at, ...entry }) => ({ at: new Date(received_at).toISOString(), ...entry }));
  }

  /** What reached which state on which day, by currency. To be compared with the provider's reports. */
  async sums(from: Date, to: Date): Promise<PaymentSums['results']> {
    const rows = await this.#read<PaymentSums['results'][number]>(sumsSql, [
      ...Array.from({ length: 5 }, () => [from.toISOString(), to.toISOString()]).flat(),
    ]);
    return rows.map((row) => ({ ...row, amount: Number(row.amount) }));
  }

  async #payments(rest: string, parameters: unknown[]): Promise<PaymentRow[]> {
    return (await this.#read<Record<string, unknown>>(`select * from payments.payments ${rest}`, parameters)).map(
      paymentRow,
    );
  }

  #read<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return readDatabase(() => this.#orm.em.getConnection().execute<Row[]>(sql, parameters));
  }
}

const factsSql = `
  select payment.*, verdict.accepted, booking.expires_at,
    coalesce(booking.status = 'booked' and booking.payment_id = payment.id, false) as is_booked
  from payments.payments as payment
    left join booking.payment_verdicts as verdict
      on verdict.show_id = payment.show_id and verdict.payment_id = payment.id
    left join booking.bookings as booking on booking.show_id = payment.show_id and booking.id = payment.booking_id
  where payment.id = ?`;

const sumOf = (state: string, at: string, amount = 'amount', currency = 'currency') => `
  select ((${at}) at time zone 'UTC')::date::text as day, '${state}' as state, ${currency} as currency,
    count(*)::int as payments, sum(${amount}) as amount
  from payments.payments where ${at} >= ?::timestamptz and ${at} < ?::timestamptz
    ${state === 'voided' || state === 'failed' ? `and status = '${state}'` : ''}
  group by 1, 3`;
const sumsSql = [
  sumOf(
    'authorized',
    'authorized_at',
    'coalesce(authorized_amount, amount)',
    'coalesce(authorized_currency, currency)',
  ),
  sumOf('captured', 'captured_at'),
  sumOf('refunded', 'refunded_at'),
  sumOf('voided', 'ended_at'),
  sumOf('failed', 'ended_at'),
]
  .join(' union all ')
  .concat(' order by day desc, state, currency');
