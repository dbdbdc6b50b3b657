import { randomUUID } from 'node:crypto';
import type { PaymentStatus } from '@boxoffice/shared/contracts/payments';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { PaymentRow } from './payment-row.ts';
import type { PaymentReport } from './providers/provider.ts';
import { type Connected, watchSeconds, writePayments } from './write-payments.ts';

/** The states that a report can follow on. Reports may come in any order: those that are late change nothing. */
const predecessors: Record<PaymentStatus, readonly PaymentStatus[]> = {
  pending: [],
  authorized: ['pending', 'failed'],
  captured: ['pending', 'failed', 'authorized', 'voided'],
  voided: ['pending', 'failed', 'authorized'],
  refunded: ['pending', 'failed', 'authorized', 'captured'],
  failed: ['pending'],
};
const timeOf: Partial<Record<PaymentStatus, string>> = {
  ...{ authorized: 'authorized_at', captured: 'captured_at', refunded: 'refunded_at' },
  ...{ voided: 'ended_at', failed: 'ended_at' },
};

/**
 * What a report says about the money itself. The line compares it with the total of the booking; money that was taken
 * without us, in another amount, is also a person's affair.
 */
const moneyOf: Partial<Record<PaymentStatus, string>> = {
  authorized: ', authorized_amount = ?::bigint, authorized_currency = ?, ended_at = null',
  captured: `, (authorized_amount, authorized_currency, attention) = (
    select coalesce(authorized_amount, said.amount), coalesce(authorized_currency, said.currency),
      case when said.amount <> payments.amount or said.currency <> payments.currency then 'amount_mismatch' else attention end
    from (select ?::bigint as amount, ?::text as currency) as said)`,
};

export interface HistoryLine {
  paymentId: string;
  provider: string;
  source: 'boxoffice' | 'administrator';
  kind: string;
  outcome: string;
  data?: object;
}

/** One pass through the paid bookings that were cancelled, in batches. */
export interface CancelledPass {
  withinSeconds: number;
  /** The last booking of the batch before. The time is PostgreSQL's text, which keeps microseconds. */
  after: { cancelledAt: string; paymentId: string } | null;
}
const beforeAll = { cancelledAt: '-infinity', paymentId: '00000000-0000-0000-0000-000000000000' };

/** Writes payments, and their history in the same transaction. */
export class PaymentChanges {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Adds a payment. Null when there is a pending one for its booking. */
  async add(
    payment: Pick<PaymentRow, 'show_id' | 'booking_id' | 'user_id' | 'provider' | 'amount' | 'currency'>,
  ): Promise<PaymentRow | null> {
    const { show_id, booking_id, user_id, provider, amount, currency } = payment;
    const [row] = await this.#write(
      `insert into payments.payments (id, show_id, booking_id, user_id, provider, amount, currency, next_step_at)
       values (?, ?, ?, ?, ?, ?, ?, now() + ${watchSeconds} * interval '1 second')
       on conflict (booking_id) where status = 'pending' do nothing returning *`,
      [randomUUID(), show_id, booking_id, user_id, provider, amount, currency],
    );
    return row ?? null;
  }

  /**
   * Records a payment's checkout: the first one, unless the payment has failed or was given up. An event may have moved the
   * payment on before; then its next step stays due when it is.
   */
  async addCheckout(id: string, { reference, url }: { reference: string; url: string }): Promise<void> {
    await this.#write(
      `update payments.payments set reference = ?, checkout_url = ?, changed_at = now(),
         tries = case when status = 'pending' then 0 else tries end,
         next_step_at = case when status = 'pending' then now() + interval '60 seconds' else next_step_at end
       where id = ? and reference is null and status <> 'failed' returning *`,
      [reference, url, id],
    );
  }

  /**
   * Applies what the provider says. The next step is due soon, in case we crash; if there is none, `rest` ends it after
   * it has seen that the booking agrees.
   *
   * @returns the payment if this has changed its state, null if it was known or is out of date
   */
  async apply(id: string, report: PaymentReport, em: Connected = this.#orm.em.fork()): Promise<PaymentRow | null> {
    const { status } = report;
    const time = timeOf[status];
    if (!time) return null;
    const { amount = null, currency = null } = report;
    const [row] = await this.#write(
      `update payments.payments set status = ?, reference = coalesce(reference, ?), intent = coalesce(intent, ?),
         ${time} = coalesce(${time}, now()), changed_at = now(), tries = 0,
         next_step_at = now() + ${watchSeconds} * interval '1 second'
         ${moneyOf[status] ?? ''}
       where id = ? and status = any(string_to_array(?, ',')) returning *`,
      [
        ...[status, report.reference ?? null, report.intent ?? null],
        ...(moneyOf[status] ? [amount, currency] : []),
        ...[id, predecessors[status].join()],
      ],
      em,
    );
    return row ?? null;
  }

  /** Chooses once whether the authorisation is captured or voided. Returns the choice, which may be an earlier one. */
  async choose(id: string, settlement: 'capture' | 'void'): Promise<PaymentRow['settlement']> {
    const [row] = await this.#write(
      `update payments.payments set settlement = coalesce(settlement, ?), changed_at = now(),
         next_step_at = now() + ${watchSeconds} * interval '1 second'
       where id = ? returning *`,
      [settlement, id],
    );
    return row?.settlement ?? null;
  }

  /** The next step is due in so many milliseconds, unless the payment has another state by now. */
  async postpone(
    { id, status }: { id: string; status?: PaymentStatus },
    { delayMs, countsAsTry }: { delayMs: number; countsAsTry: boolean },
  ): Promise<void> {
    await this.#write(
      `update payments.payments set next_step_at = now() + ? * interval '1 millisecond', tries = tries + ?
       where id = ? and status = coalesce(?, status) returning *`,
      [delayMs, countsAsTry ? 1 : 0, id, status ?? null],
    );
  }

  /**
   * Gives up a pending payment that is this old, in seconds, by the database's clock; if `unopened`, only one whose
   * checkout has not been opened. Returns whether it is given up now.
   */
  async giveUp(id: string, { seconds, unopened }: { seconds: number; unopened: boolean }): Promise<boolean> {
    const rows = await this.#write(
      `update payments.payments set status = 'failed', ended_at = now(), changed_at = now(),
         next_step_at = now() + ${watchSeconds} * interval '1 second'
       where id = ? and status = 'pending' and created_at < now() - ? * interval '1 second'
         and (reference is null or not ?) returning *`,
      [id, seconds, unopened],
    );
    return rows.length > 0;
  }

  /** Nothing is left to be done, unless something has happened to the payment since it was read. */
  async rest({ id, status, tries, refund_requested_at }: PaymentRow): Promise<void> {
    await this.#write(
      `update payments.payments set next_step_at = null where id = ? and status = ? and tries = ?
         and (refund_requested_at is not null) = ? returning *`,
      [id, status, tries, refund_requested_at !== null],
    );
  }

  /**
   * Says why a person should look at a payment, or that nobody needs to any more. A mismatch of amounts stays until a
   * person has resolved it, and a refund that has failed above all. Returns whether anything has changed.
   */
  async setAttention(id: string, reason: string | null, em?: Connected): Promise<boolean> {
    const rows = await this.#write(
      `update payments.payments set attention = ? where id = ? and attention is distinct from ?
         and (attention is null or attention not in ('amount_mismatch', 'refund_failed') or ?) returning *`,
      [reason, id, reason, reason === 'refund_failed'],
      em,
    );
    return rows.length > 0;
  }

  /** Gives the payment new idempotency keys, unless somebody else has or it has another state by now. */
  async renewKeys({ id, status, key_generation }: PaymentRow): Promise<boolean> {
    const rows = await this.#write(
      `update payments.payments set key_generation = key_generation + 1
       where id = ? and status = ? and key_generation = ? returning *`,
      [id, status, key_generation],
    );
    return rows.length > 0;
  }

  /**
   * Adds a line, unless it only repeats the last one: what is tried for days must not fill the history. Once the payment is
   * archived, its history is too.
   */
  async addHistory({ paymentId, provider, source, kind, outcome, data }: HistoryLine): Promise<void> {
    const said = [kind, outcome.slice(0, 500), data ? JSON.stringify(data) : null];
    await this.#orm.em.getConnection().execute(
      `insert into payments.payment_events (payment_id, source, provider, kind, outcome, data, handled_at)
       select id, ?, ?, ?, ?, ?::jsonb, now() from payments.payments where id = ? and not exists (
         select from (
           select source, kind, outcome, data from payments.payment_events where payment_id = ? order by id desc limit 1
         ) as last
         where (source, kind, outcome) = (?, ?, ?) and data is not distinct from ?::jsonb)
       for key share`,
      [source, provider, ...said, paymentId, paymentId, source, ...said],
    );
  }

  /**
   * Payments whose next step is due. They are this process' for a while: another looks at them when we are gone.
   *
   * @param limit at most this many
   */
  async takeDue(limit: number): Promise<PaymentRow[]> {
    return this.#write(
      `update payments.payments set next_step_at = now() + ${watchSeconds * 2} * interval '1 second'
       where id in (select id from payments.payments where next_step_at <= now()
         order by next_step_at limit ? for update skip locked) returning *`,
      [limit],
    );
  }

  /**
   * Finds money for bookings that were cancelled within so many seconds, and makes its next step due. Inspects one batch
   * of those bookings, oldest first: all of them would outlast the statement timeout.
   *
   * @param after the last booking of the batch before, if there was one
   * @returns the last booking of this batch, null when there was none left
   */
  async remindOfCancelled({ withinSeconds, after }: CancelledPass, limit: number): Promise<CancelledPass['after']> {
    const { cancelledAt, paymentId } = after ?? beforeAll;
    const [last] = await this.#orm.em.getConnection().execute<{ cancelled_at: string; payment_id: string }[]>(
      `with cancelled as (
         select cancelled_at, payment_id from booking.bookings
         where status = 'cancelled' and payment_id is not null and cancelled_at >= now() - ? * interval '1 second'
           and (cancelled_at, payment_id) > (?::timestamptz, ?::uuid)
         order by cancelled_at, payment_id limit ?
       ), reminded as (
         update payments.payments set next_step_at = now() from cancelled where payments.id = cancelled.payment_id
           and payments.status in ('authorized', 'captured') and payments.next_step_at is null
       )
       select cancelled_at::text, payment_id from cancelled
       order by cancelled.cancelled_at desc, payment_id desc limit 1`,
      [withinSeconds, cancelledAt, paymentId, limit],
    );
    return last ? { cancelledAt: last.cancelled_at, paymentId: last.payment_id } : null;
  }

  #write(sql: string, parameters: unknown[], em: Connected = this.#orm.em.fork()): Promise<PaymentRow[]> {
    return writePayments(em, sql, parameters);
  }
}
