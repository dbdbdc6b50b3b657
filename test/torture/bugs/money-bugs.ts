import type { Bug } from './bug.ts';

const worker = 'services/booking-worker/src';
const payments = 'services/gateway/src/payments';

/** Long enough that seats that were paid for are also given back in it, in milliseconds. */
const stormMs = 12_000;
const common = { stormMs, rules: ['money'] };

/** Bugs about online payments. Most break two defences at a time: the other one would mend what the first lets through. */
export const moneyBugs: readonly Bug[] = [
  {
    ...common,
    name: 'captured-before-decided',
    says: 'the money is taken as soon as it is authorised, and given back if the seats cannot be booked',
    edits: [
      {
        file: `${payments}/next-step.ts`,
        find: "if (accepted === null) return 'confirm';",
        replace: "if (accepted === null) return status === 'authorized' ? 'capture' : 'confirm';",
      },
    ],
    faults: 'none',
  },
  {
    ...common,
    name: 'left-hanging',
    says: 'neither the outbox nor reconciliation releases the money for seats that could not be booked',
    edits: [
      {
        file: `${payments}/next-step.ts`,
        find: "return settlement === 'capture' ? 'capture' : 'void';",
        replace: "return settlement === 'capture' ? 'capture' : null;",
      },
    ],
    faults: 'none',
  },
  {
    ...common,
    name: 'refund-without-key',
    says: 'a refund whose answer was lost is made again under another idempotency key',
    edits: [
      {
        file: `${payments}/providers/stripe/stripe-provider.ts`,
        find: "keyFor('refund', payment),",
        replace: "keyFor(['refund', Date.now()].join(), payment),",
      },
    ],
    faults: 'provider-drops-answers,provider-slow',
    perSecond: 3,
  },
  {
    ...common,
    // Some must have paid by the time at which the show is cancelled.
    stormMs: 20_000,
    name: 'cancelled-show-keeps-money',
    says: 'the money for the seats of a cancelled show is not given back',
    edits: [
      {
        file: `${worker}/store/end-bookings.ts`,
        find: 'where payment_id is not null\n',
        replace: 'where payment_id is null and false\n',
      },
      {
        file: `${payments}/payment-changes.ts`,
        find: 'update payments.payments set next_step_at = now() from cancelled where',
        replace: 'update payments.payments set next_step_at = next_step_at from cancelled where',
      },
    ],
    faults: 'none',
  },
  {
    ...common,
    name: 'amount-unchecked',
    says: 'seats are booked for whatever was authorised',
    edits: [
      {
        file: `${worker}/decide/payment-log.ts`,
        find: 'if (amount === booking.total && currency === booking.currency) return null;',
        replace: 'if (amount > 0 && currency === booking.currency) return null;',
      },
    ],
    faults: 'none',
  },
  {
    ...common,
    name: 'event-answered-before-stored',
    says: 'an event that cannot be stored is answered as received',
    edits: [
      {
        file: `${payments}/routes/receive-event.ts`,
        find: 'const id = await payments.events.store(name, event);',
        replace: 'const id = await payments.events.store(name, event).catch(() => null);',
      },
    ],
    faults: 'postgres-read-only,postgres-freeze,cut@gateway+postgres',
    perSecond: 2,
  },
];
