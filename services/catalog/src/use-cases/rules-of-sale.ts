import type { ShowChangeBody } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { ShowRules } from '@boxoffice/shared/contracts/show-rules';

/** The rules of a show that has none: free, on sale until it starts. */
export const noRules: ShowRules = {
  payment: 'free',
  prices: null,
  currency: null,
  sales_open_at: null,
  sales_close_at: null,
  max_seats_per_user: null,
  forbid_single_seats: false,
};

/** What a show needs to have for its rules. */
export interface RuleLimits {
  /** Of the seats of the show. */
  categories: ReadonlySet<string>;
  /** Whether there is a provider of online payments. */
  canPayOnline: boolean;
}

/**
 * Applies a change to the rules of a show. Unless given, `payment` and `currency` follow from the prices: with prices
 * a show is paid at the counter; without, it is free and has no currency.
 *
 * @throws {ProblemError} validation_failed, naming every field that is wrong
 */
export function changeRules(
  before: ShowRules,
  change: Partial<Pick<ShowChangeBody, keyof ShowRules>>,
  limits: RuleLimits,
): ShowRules {
  const { prices = before.prices } = change;
  const paid = before.payment === 'free' ? 'counter' : before.payment;
  const rules: ShowRules = {
    payment: change.payment ?? (prices ? paid : 'free'),
    prices,
    currency: change.currency === undefined ? prices && before.currency : change.currency,
    sales_open_at: normalized(change.sales_open_at, before.sales_open_at),
    sales_close_at: normalized(change.sales_close_at, before.sales_close_at),
    max_seats_per_user: change.max_seats_per_user === undefined ? before.max_seats_per_user : change.max_seats_per_user,
    forbid_single_seats: change.forbid_single_seats ?? before.forbid_single_seats,
  };
  const errors = { ...priceErrors(rules, limits), ...windowErrors(rules) };
  const [first] = Object.entries(errors);
  if (first) throw new ProblemError('validation_failed', `${first[0]}: ${first[1].join('; ')}`, { errors });
  return rules;
}

function normalized(time: string | null | undefined, before: string | null): string | null {
  if (time === undefined) return before;
  return time && new Date(time).toISOString();
}

type Errors = Record<string, string[]>;

function priceErrors({ payment, prices, currency }: ShowRules, { categories, canPayOnline }: RuleLimits): Errors {
  if (payment === 'online' && !canPayOnline)
    return { payment: ['There is no payment provider: shows are free or paid at the counter'] };
  if (!prices) {
    return {
      ...(payment !== 'free' && { prices: [`Are required when payment is ${payment}`] }),
      ...(currency !== null && { currency: ['Must be left out without prices'] }),
    };
  }
  const unknown = Object.keys(prices).filter((category) => !categories.has(category));
  const missing = [...categories].filter((category) => !Object.hasOwn(prices, category));
  const wrong = [
    ...unknown.map((category) => `No seat has the category ${category}; the hall has ${[...categories].join(', ')}`),
    ...missing.map((category) => `The price of the category ${category} is missing`),
  ];
  return {
    ...(payment === 'free' && { payment: ['A show with prices is not free'] }),
    ...(currency === null && { currency: ['Is required with prices'] }),
    ...(wrong.length > 0 && { prices: wrong }),
  };
}

function windowErrors({ sales_open_at, sales_close_at }: ShowRules): Errors {
  if (!sales_open_at || !sales_close_at || sales_open_at < sales_close_at) return {};
  return { sales_close_at: ['Must be after sales_open_at'] };
}
