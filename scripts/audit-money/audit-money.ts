import type { EntityManager } from '@boxoffice/shared/database/orm';

interface Violation {
  rule: string;
  payment: string | null;
  booking: string | null;
}

/** In minor units. Each figure is summed from its own table, so that they can disagree. */
export interface CurrencySums {
  currency: string;
  captured: number;
  refunded: number;
  /** The totals of bookings that are booked and were paid online. */
  booked: number;
  /** Of those, what is authorised and not taken yet. */
  to_capture: number;
  /** Taken for bookings that are no longer booked. */
  to_refund: number;
}

export interface MoneyAudit {
  violations: Violation[];
  currencies: CurrencySums[];
}

/** Checks the rules of promise 7 in one snapshot. @returns up to 100 violations of each rule, and the sums by currency */
export function auditMoney(em: EntityManager): Promise<MoneyAudit> {
  return em.transactional(async (em) => {
    await em.execute('set transaction isolation level repeatable read, read only');
    const violations: Violation[] = [];
    for (const [rule, sql] of Object.entries(rules)) {
      const found = await em.execute<Omit<Violation, 'rule'>[]>(`${sql} limit 100`);
      violations.push(...found.map((row) => ({ rule, ...row })));
    }
    const currencies = (await em.execute<Record<keyof CurrencySums, string>[]>(sumsSql)).map(
      ({ currency, ...sums }) => ({ currency, ...numbers(sums) }),
    );
    for (const { currency, captured, refunded, booked, to_capture, to_refund } of currencies)
      if (captured - refunded !== booked - to_capture + to_refund)
        violations.push({ rule: `the sums in ${currency} differ`, payment: null, booking: null });
    return { violations, currencies };
  });
}

const numbers = (sums: Record<Exclude<keyof CurrencySums, 'currency'>, string>) =>
  Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, Number(sum)])) as Omit<CurrencySums, 'currency'>;

const bookingOfPayment = `payments.payments as payment
  left join booking.bookings as booking on booking.show_id = payment.show_id and booking.id = payment.booking_id`;
const isBooked = `coalesce(booking.status = 'booked' and booking.payment_id = payment.id, false)`;
const bookedOnline = `booking.bookings as booking
  left join payments.payments as payment on payment.id = booking.payment_id
  where booking.status = 'booked' and booking.payment_id is not null`;

/** Each finds what must not be. */
const rules = {
  'booked without money that is captured, or authorised and about to be': `
    select payment.id as payment, booking.id as booking from ${bookedOnline}
      and not coalesce(payment.status = 'captured'
        or (payment.status = 'authorized' and payment.next_step_at is not null), false)`,
  'captured, not booked, and nobody gives it back': `
    select payment.id as payment, booking.id as booking from ${bookingOfPayment}
    where payment.status = 'captured' and not ${isBooked} and payment.next_step_at is null
      and payment.attention is null
      and not exists (select from booking.outbox where outbox.show_id = payment.show_id
        and outbox.data->>'payment_id' = payment.id::text)
      and not coalesce(booking.status = 'cancelled' and booking.payment_id = payment.id
        and booking.cancelled_at > now() - interval '1 hour', false)`,
  'voided, refunded or failed, and booked': `
    select payment.id as payment, booking.id as booking from ${bookingOfPayment}
    where payment.status in ('voided', 'refunded', 'failed') and ${isBooked}`,
  'refunded, but the refund has failed at the provider': `
    select id as payment, booking_id as booking from payments.payments where attention = 'refund_failed'`,
  'captured and voided': `
    select payment.id as payment, payment.booking_id as booking from payments.payments as payment
    where payment.captured_at is not null and (payment.status = 'voided' or payment.settlement = 'void')`,
  'two payments captured for one booking': `
    select null::uuid as payment, booking_id as booking from payments.payments
    where captured_at is not null and refunded_at is null group by booking_id having count(*) > 1`,
  'booked by a payment of another amount or currency': `
    select payment.id as payment, booking.id as booking from ${bookedOnline}
      and (payment.amount <> booking.total or payment.currency <> booking.currency
        or coalesce(payment.authorized_amount, payment.amount) <> booking.total
        or coalesce(payment.authorized_currency, payment.currency) <> booking.currency)`,
  'booked online without the verdict of the line': `
    select payment.id as payment, booking.id as booking from ${bookedOnline}
      and not exists (select from booking.payment_verdicts as verdict where verdict.show_id = booking.show_id
        and verdict.payment_id = booking.payment_id and verdict.booking_id = booking.id and verdict.accepted)`,
};

const sumsSql = `
  with money as (
    select currency,
      sum(amount) filter (where captured_at is not null) as captured,
      sum(amount) filter (where refunded_at is not null) as refunded
    from payments.payments group by currency
  ), seats as (
    select booking.currency, sum(booking.total) as booked,
      sum(booking.total) filter (where payment.captured_at is null) as to_capture
    from ${bookedOnline} group by booking.currency
  ), returning_money as (
    select payment.currency, sum(payment.amount) as to_refund from ${bookingOfPayment}
    where payment.captured_at is not null and payment.refunded_at is null and not ${isBooked} group by payment.currency
  )
  select coalesce(money.currency, seats.currency) as currency, coalesce(captured, 0) as captured,
    coalesce(refunded, 0) as refunded, coalesce(booked, 0) as booked, coalesce(to_capture, 0) as to_capture,
    coalesce(to_refund, 0) as to_refund
  from money full join seats on seats.currency = money.currency
    left join returning_money on returning_money.currency = money.currency
  order by 1`;
