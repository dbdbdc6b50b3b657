import { z } from 'zod';
import { PointInTime } from './moments.ts';
import { Category, StoredCategory } from './screens.ts';

export const payments = ['free', 'counter', 'online'] as const;

/** In minor units; the total of the largest show stays an exact JavaScript number. */
const Price = z.number().int().min(0).max(1_000_000_000);
const Prices = z.record(Category, Price).describe('in minor units of the currency, by category of seats');

const currencies = new Set(Intl.supportedValuesOf('currency'));
const Currency = z
  .string()
  .refine((code) => currencies.has(code), 'Must be the code of a currency (ISO 4217), such as EUR')
  .meta({ example: 'EUR' });

const SeatLimit = z.number().int().min(1).max(10_000);

/** How the seats of a show are sold. A request is subject to the rules in force when it is decided. */
export const ShowRules = z.object({
  payment: z
    .enum(payments)
    .describe('`free`: no prices; `counter`: paid at the counter; `online`: paid before the seats are booked'),
  prices: z
    .record(StoredCategory, Price)
    .nullable()
    .describe('in minor units of the currency, by category of seats; null when the show is free'),
  currency: z.string().nullable().describe('ISO 4217; null when the show is free'),
  sales_open_at: z.iso.datetime().nullable().describe('when sales open; null: immediately'),
  sales_close_at: z.iso.datetime().nullable().describe('when sales close; null: at the start of the show'),
  max_seats_per_user: SeatLimit.nullable().describe(
    'the most seats that one user can hold and book together; null: no limit',
  ),
  forbid_single_seats: z.boolean().describe('refuses choices that would leave a single free seat between taken ones'),
});
export type ShowRules = z.infer<typeof ShowRules>;

export const exampleRules: ShowRules = {
  payment: 'counter',
  prices: { standard: 1_000 },
  currency: 'EUR',
  sales_open_at: null,
  sales_close_at: null,
  max_seats_per_user: null,
  forbid_single_seats: false,
};

const writableRules = {
  payment: z.enum(payments).optional().describe('default: `counter` with prices, `free` without'),
  prices: Prices.nullable(),
  currency: Currency.nullable(),
  sales_open_at: PointInTime.nullable().describe(ShowRules.shape.sales_open_at.description ?? ''),
  sales_close_at: PointInTime.nullable().describe(ShowRules.shape.sales_close_at.description ?? ''),
  max_seats_per_user: SeatLimit.nullable().describe(ShowRules.shape.max_seats_per_user.description ?? ''),
  forbid_single_seats: ShowRules.shape.forbid_single_seats,
};

/** The rules in a request that sets them all. Without any, a show is free and sells until it starts. */
export const ruleFields = {
  payment: writableRules.payment,
  prices: writableRules.prices.default(null),
  currency: writableRules.currency.default(null),
  sales_open_at: writableRules.sales_open_at.default(null),
  sales_close_at: writableRules.sales_close_at.default(null),
  max_seats_per_user: writableRules.max_seats_per_user.default(null),
  forbid_single_seats: writableRules.forbid_single_seats.default(false),
};

/** The rules in a request that sets some of them: no defaults. */
export const changedRuleFields = writableRules;
