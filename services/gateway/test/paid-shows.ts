import { randomUUID } from 'node:crypto';
import type { PaymentView } from '@boxoffice/shared/contracts/payments';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { type StripeStandIn, startStripeStandIn } from '@boxoffice/testing/stripe-stand-in';

export type PaidShows = Awaited<ReturnType<typeof startPaidShows>>;

interface ShowFields {
  price?: number;
  currency?: string;
  totalSeats?: number;
}

/** A whole Boxoffice whose shows are paid for with the stand-in for Stripe. */
export async function startPaidShows(options: Parameters<typeof startBoxoffice>[0] = {}) {
  const stripe: StripeStandIn = await startStripeStandIn();
  const boxoffice: Boxoffice = await startBoxoffice({ ...options, env: { ...stripe.env, ...options.env } });
  const started = {
    ...{ boxoffice, stripe },
    async addShow({ price = 1_000, currency = 'EUR', totalSeats = 100 }: ShowFields = {}): Promise<number> {
      const show = await boxoffice.addShow({ totalSeats });
      await boxoffice.rows(
        `update catalog.shows set payment = 'online', prices = json_build_object('standard', ?::int), currency = ? where id = ? returning id`,
        [price, currency, show],
      );
      return show;
    },
    /** Holds seats, and begins their payment. */
    async begin(show: number, seats: string[], user = 1) {
      const key = randomUUID();
      const held = await patiently(() => boxoffice.hold(show, seats, { user, wait: 10, key }));
      if (held.status !== 201) throw new Error(JSON.stringify(held.body));
      const { body, status } = await patiently(() => started.pay(held.body.id, user));
      if (status !== 201) throw new Error(JSON.stringify(body));
      const payment = await eventually(async () => {
        const found = await started.payment(body.id, user);
        if (!found.checkout_url) throw new Error('there is no checkout yet');
        return found;
      });
      return { booking: held.body.id, payment: payment.id, session: stripe.book.sessionOf(payment.id).id };
    },
    /** Delivers an event as a provider does: until it is accepted or refused. */
    deliver: (event: object | undefined) => patiently(() => stripe.deliver(boxoffice.url, event ?? {})),
    pay: (booking: string, user = 1) =>
      boxoffice.call<PaymentView>(`/api/bookings/${booking}/payments/`, { method: 'POST', user }),
    payment: async (id: string, user = 1) => (await boxoffice.call<PaymentView>(`/api/payments/${id}/`, { user })).body,
    /** Waits until a payment has reached a state, without asking for it: that would make the gateway look it up. */
    async reaches(id: string, status: PaymentView['status'], timeoutMs = 20_000): Promise<void> {
      await eventually(
        async () => {
          const [row] = await boxoffice.rows<{ status: string }>('select status from payments.payments where id = ?', [
            id,
          ]);
          if (row?.status !== status) throw new Error(`payment ${id} is ${row?.status}`);
          return true;
        },
        { timeoutMs },
      );
    },
    async bookingStatus(booking: string): Promise<unknown> {
      const [row] = await boxoffice.rows<{ status: string }>('select status from booking.bookings where id = ?', [
        booking,
      ]);
      return row?.status;
    },
    /** Lets reconciliation look at a payment now. */
    remind: (id: string) =>
      boxoffice.rows('update payments.payments set next_step_at = now() where id = ? returning id', [id]),
    /** Waits until a payment needs this attention and has been put off: a reminder between the two would be overwritten. */
    async isPutOff(id: string, attention: string): Promise<void> {
      await eventually(
        async () => {
          const row = await started.row(id);
          if (row?.attention !== attention) throw new Error(`payment ${id} needs ${row?.attention}`);
          return new Date(String(row.next_step_at)).getTime() > Date.now() + 60_000;
        },
        { timeoutMs: 20_000 },
      );
    },
    row: async (id: string) =>
      (await boxoffice.rows<Record<string, unknown>>('select * from payments.payments where id = ?', [id]))[0],
    /** Lets a hold end now. */
    async endHold(booking: string): Promise<void> {
      const past = "now() - interval '1 second'";
      await boxoffice.rows(`update booking.bookings set expires_at = ${past} where id = ? returning id`, [booking]);
      await boxoffice.rows(
        `update booking.seat_claims set expires_at = ${past} where booking_id = ? returning show_id`,
        [booking],
      );
    },
    async stop() {
      await boxoffice.stop();
      await stripe.stop();
    },
  };
  return started;
}

/** Sends a request again while the answer is 503 or 202, as clients do. */
export function patiently<Response extends { status: number }>(send: () => Promise<Response>): Promise<Response> {
  return eventually(
    async () => {
      const response = await send();
      return response.status === 503 || response.status === 202 ? null : response;
    },
    { timeoutMs: 30_000, intervalMs: 200 },
  ) as Promise<Response>;
}
