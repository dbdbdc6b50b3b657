import { z } from 'zod';
import { IntegerId } from './catalog.ts';
import { PointInTime } from './moments.ts';
import { PageQuery, pageOf } from './pagination.ts';
import { Text } from './text.ts';

export const paymentStatuses = ['pending', 'authorized', 'captured', 'refunded', 'failed', 'voided'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

const Amount = z.number().int().describe('in minor units of the currency');

const examplePayment = {
  id: '5b0c7f0e-3a61-4c8a-9d0e-2f2f5a1b9c77',
  booking_id: '0641f3a2-9c1b-8407-a51c-9f2600000380',
  status: 'pending' as const,
  provider: 'stripe',
  amount: 2_000,
  currency: 'EUR',
  checkout_url: 'https://checkout.stripe.com/c/pay/cs_a1b2c3',
  created_at: '2030-01-01T12:00:00.000Z',
};

export const PaymentView = z
  .object({
    id: z.string(),
    booking_id: z.string(),
    status: z
      .enum(paymentStatuses)
      .describe(
        '`pending`: not paid yet; `authorized`: your bank has agreed, and the seats are being booked; `captured`: paid; ' +
          '`failed` and `voided`: you were not charged; `refunded`',
      ),
    provider: z.string(),
    amount: Amount,
    currency: z.string(),
    checkout_url: z
      .string()
      .nullable()
      .describe('where to pay; null until the provider has answered: ask for the payment again in a second'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Payment', example: examplePayment });
export type PaymentView = z.infer<typeof PaymentView>;

export const PaymentParams = z.object({ id: z.uuid() });

export const ProviderParams = z.object({ provider: z.string().max(30) });
export const EventReceipt = z
  .object({ received: z.literal(true) })
  .meta({ id: 'PaymentEventReceipt', example: { received: true } });

const adminFields = {
  ...PaymentView.omit({ checkout_url: true }).shape,
  show_id: z.number().int(),
  user: z.object({ id: z.number().int(), username: z.string() }).nullable(),
  reference: z.string().nullable().describe("the provider's name of the checkout"),
  intent: z.string().nullable().describe("the provider's name of the money"),
  attention: z.string().nullable().describe('why a person should look at it; null when none need'),
  next_step_at: z.iso.datetime().nullable().describe('when the next step is due; null when nothing remains to be done'),
  tries: z.number().int().describe('failed attempts at the next step'),
  authorized_at: z.iso.datetime().nullable(),
  captured_at: z.iso.datetime().nullable(),
  refunded_at: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable().describe('when it failed or was voided'),
  refund_reason: z.string().nullable(),
};
const { checkout_url: _, ...exampleFields } = examplePayment;
const exampleAdminPayment = {
  ...exampleFields,
  show_id: 7,
  user: { id: 1, username: 'alice' },
  ...{ reference: 'cs_a1b2c3', intent: null, attention: null, next_step_at: '2030-01-01T12:01:00.000Z', tries: 0 },
  ...{ authorized_at: null, captured_at: null, refunded_at: null, ended_at: null, refund_reason: null },
};

export const AdminPaymentView = z.object(adminFields).meta({ id: 'AdminPayment', example: exampleAdminPayment });
export type AdminPaymentView = z.infer<typeof AdminPaymentView>;
export const AdminPaymentPage = pageOf(AdminPaymentView, 'AdminPaymentPage');

export const PaymentHistoryEntry = z
  .object({
    at: z.iso.datetime(),
    source: z.enum(['event', 'boxoffice', 'administrator']).describe('`event`: reported by the provider'),
    kind: z.string(),
    outcome: z.string().nullable().describe('what was done with it; null: not handled yet'),
    data: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'PaymentHistoryEntry' });
export type PaymentHistoryEntry = z.infer<typeof PaymentHistoryEntry>;

export const AdminPaymentDetail = z
  .object({ ...adminFields, history: z.array(PaymentHistoryEntry).describe('oldest first, 200 at most') })
  .meta({ id: 'AdminPaymentDetail', example: { ...exampleAdminPayment, history: [] } });
export type AdminPaymentDetail = z.infer<typeof AdminPaymentDetail>;

export const AdminPaymentQuery = z.object({
  ...PageQuery.shape,
  status: z.enum(paymentStatuses).optional(),
  needs_attention: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('only payments that a person should look at'),
  booking_id: z.uuid().optional(),
  show_id: IntegerId.optional(),
  user_id: IntegerId.optional(),
});
export type AdminPaymentQuery = z.infer<typeof AdminPaymentQuery>;

export const RefundBody = z
  .object({ reason: Text.min(1).max(500) })
  .meta({ id: 'Refund', example: { reason: 'The projector failed' } });

export const ResolveBody = z
  .object({ reason: Text.min(1).max(500).describe('what was done about it') })
  .meta({ id: 'Resolve', example: { reason: 'Paid in cash at the counter' } });

export const PaymentSumQuery = z.object({
  from: PointInTime.optional().describe('default: 30 days ago'),
  to: PointInTime.optional().describe('default: now'),
});

export const PaymentSums = z
  .object({
    results: z.array(
      z.object({
        day: z.iso.date().describe('in UTC'),
        state: z.enum(['authorized', 'captured', 'refunded', 'voided', 'failed']),
        currency: z.string(),
        payments: z.number().int(),
        amount: Amount,
      }),
    ),
  })
  .meta({
    id: 'PaymentSums',
    example: { results: [{ day: '2030-01-01', state: 'captured', currency: 'EUR', payments: 3, amount: 6_000 }] },
  });
export type PaymentSums = z.infer<typeof PaymentSums>;
