import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

import { paymentStatuses } from '../../contracts/payments.ts';

/** An online payment. Written by the gateway only; deleted by `pnpm archive` only. Amounts are in minor units of the currency. */
export const Payment = defineEntity({
  name: 'Payment',
  schema: 'payments',
  tableName: 'payments',
  properties: {
    id: p.uuid().primary(),
    showId: p.integer(),
    bookingId: p.uuid(),
    userId: p.integer(),
    provider: p.text(),
    /** The provider's name of the checkout; null until the provider has answered. */
    reference: p.text().nullable(),
    /** The provider's name of the money, where that differs from the checkout. */
    intent: p.text().nullable(),
    checkoutUrl: p.text().nullable(),
    /** The booking's total. */
    amount: p.bigint('number'),
    currency: p.text(),
    status: p.enum(paymentStatuses).default('pending'),
    /** Whether the authorisation is to be captured or voided. Set once, so that never both are tried. */
    settlement: p.enum(['capture', 'void']).nullable(),
    /** As the provider reports it; it may differ from what was asked. */
    authorizedAmount: p.bigint('number').nullable(),
    authorizedCurrency: p.text().nullable(),
    refundReason: p.text().nullable(),
    /** The administrator who asked for a refund. */
    refundRequestedBy: p.integer().nullable(),
    refundRequestedAt: p.datetime().nullable(),
    /** Why a person should look at it; null when none need. */
    attention: p.text().nullable(),
    /** When the next step is due; null when nothing remains to be done. */
    nextStepAt: p.datetime().nullable(),
    tries: p.integer().default(0),
    /** Of the idempotency keys at the provider: a new one when the provider has stored a failure under the old ones. */
    keyGeneration: p.integer().default(1),
    createdAt: p.datetime().defaultRaw('now()'),
    changedAt: p.datetime().defaultRaw('now()'),
    authorizedAt: p.datetime().nullable(),
    capturedAt: p.datetime().nullable(),
    refundedAt: p.datetime().nullable(),
    /** When it failed or was voided. */
    endedAt: p.datetime().nullable(),
  },
  indexes: [
    {
      name: 'payments_intent_idx',
      expression: 'create index payments_intent_idx on payments.payments (provider, intent) where intent is not null',
    },
    { name: 'payments_booking_id_idx', properties: ['bookingId'] },
    { name: 'payments_created_at_idx', properties: ['createdAt', 'id'] },
    { name: 'payments_user_id_idx', properties: ['userId', 'createdAt', 'id'] },
    { name: 'payments_show_id_idx', properties: ['showId', 'createdAt', 'id'] },
    ...['authorized', 'captured', 'refunded', 'ended'].map((state) => ({
      name: `payments_${state}_at_idx`,
      expression: `create index payments_${state}_at_idx on payments.payments (${state}_at) where ${state}_at is not null`,
    })),
    {
      name: 'payments_next_step_at_idx',
      expression:
        'create index payments_next_step_at_idx on payments.payments (next_step_at) where next_step_at is not null',
    },
    {
      name: 'payments_attention_idx',
      expression: 'create index payments_attention_idx on payments.payments (created_at) where attention is not null',
    },
  ],
  checks: [{ name: 'payments_amount_check', expression: 'amount > 0' }],
  uniques: [
    { name: 'payments_reference_key', properties: ['provider', 'reference'] },
    {
      name: 'payments_pending_key',
      expression: "create unique index payments_pending_key on payments.payments (booking_id) where status = 'pending'",
    },
  ],
});
export type Payment = InferEntity<typeof Payment>;

/** What a provider reported and what we did: the history of payments. Never holds the body of an event. */
export const PaymentEvent = defineEntity({
  name: 'PaymentEvent',
  schema: 'payments',
  tableName: 'payment_events',
  properties: {
    id: p.bigint('number').primary().generated('by default as identity'),
    /** Null while no payment is known that it is about. */
    paymentId: p.uuid().nullable(),
    source: p.enum(['event', 'boxoffice', 'administrator']),
    provider: p.text(),
    /** The provider's id of the event: each is handled once. */
    eventId: p.text().nullable(),
    kind: p.text(),
    reference: p.text().nullable(),
    data: p.json<Record<string, unknown>>().nullable(),
    receivedAt: p.datetime().defaultRaw('now()'),
    handledAt: p.datetime().nullable(),
    /** What was done with it. */
    outcome: p.text().nullable(),
    tries: p.integer().default(0),
    nextTryAt: p.datetime().nullable(),
  },
  indexes: [
    { name: 'payment_events_payment_id_idx', properties: ['paymentId', 'id'] },
    {
      name: 'payment_events_next_try_at_idx',
      expression:
        'create index payment_events_next_try_at_idx on payments.payment_events (next_try_at) where handled_at is null',
    },
  ],
  uniques: [{ name: 'payment_events_event_key', properties: ['provider', 'eventId'] }],
});

/** The book of the test provider, which stands for the outside world in development. Written by the gateway only. */
export const TestCheckout = defineEntity({
  name: 'TestCheckout',
  schema: 'payments',
  tableName: 'test_checkouts',
  properties: {
    reference: p.text().primary(),
    paymentId: p.uuid().unique('test_checkouts_payment_id_key'),
    amount: p.bigint('number'),
    currency: p.text(),
    status: p.enum(['open', 'paying', 'authorized', 'captured', 'voided', 'refunded', 'failed']).default('open'),
    returnUrl: p.text(),
    /** When a buyer who pays late will have paid. */
    paysAt: p.datetime().nullable(),
    holdEndsAt: p.datetime(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  indexes: [
    {
      name: 'test_checkouts_pays_at_idx',
      expression:
        "create index test_checkouts_pays_at_idx on payments.test_checkouts (pays_at) where status = 'paying'",
    },
  ],
});
