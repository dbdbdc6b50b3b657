import { ProblemError, type Show } from '@boxoffice/client';
import { useState } from 'react';
import { Input, Select } from '../../lib/fields.tsx';
import type { FieldErrors } from '../../lib/form.tsx';
import { fromInputValue, toInputValue } from './moments.ts';
import { majorUnits, minorUnits } from './prices.ts';
import './rule-fields.css';

const currencyOfLastShow = 'boxoffice.currency';

interface RuleFieldsProps {
  /** Of the seats in the hall. */
  categories: string[];
  show?: Show | undefined;
  errors: FieldErrors;
}

/** What the seats of a show cost, and how they are sold. */
export function RuleFields({ categories, show, errors }: RuleFieldsProps) {
  const [payment, setPayment] = useState<string>(show?.payment ?? 'free');
  const timeOf = (field: 'sales_open_at' | 'sales_close_at') => {
    const iso = show?.[field];
    return iso ? toInputValue(iso) : undefined;
  };
  return (
    <>
      <Select
        label="Payment"
        name="payment"
        value={payment}
        options={[
          ['free', 'Free of charge'],
          ['counter', 'At the counter'],
          ['online', 'Online'],
        ]}
        hint={payment === 'online' ? 'Seats are booked once they are paid for' : undefined}
        errors={errors.payment}
        onChange={setPayment}
      />
      {payment !== 'free' && <PriceFields categories={categories} show={show} errors={errors} />}
      <div className="pair">
        <Input
          label="Sales open"
          name="sales_open_at"
          type="datetime-local"
          value={timeOf('sales_open_at')}
          hint="Empty: immediately"
          errors={errors.sales_open_at}
        />
        <Input
          label="Sales close"
          name="sales_close_at"
          type="datetime-local"
          value={timeOf('sales_close_at')}
          hint="Empty: when the show starts"
          errors={errors.sales_close_at}
        />
      </div>
      <Input
        label="Seats per person"
        name="max_seats_per_user"
        type="number"
        min={1}
        value={show?.max_seats_per_user ?? undefined}
        hint="The most that one person can hold and book together. Empty: no limit"
        errors={errors.max_seats_per_user}
      />
      <label className="check">
        <input type="checkbox" name="forbid_single_seats" defaultChecked={show?.forbid_single_seats} />
        Refuse choices that leave a single seat free
      </label>
    </>
  );
}

function PriceFields({ categories, show, errors }: RuleFieldsProps) {
  const [currency, setCurrency] = useState(() => show?.currency ?? localStorage.getItem(currencyOfLastShow) ?? 'EUR');
  return (
    <fieldset className="prices" aria-label="Prices">
      <Input
        label="Currency"
        name="currency"
        value={currency}
        options={Intl.supportedValuesOf('currency')}
        errors={errors.currency}
        onChange={setCurrency}
        required
      />
      {categories.map((category) => {
        const amount = show?.prices?.[category];
        return (
          <Input
            key={category}
            label={`Price of ${category}`}
            name={`price ${category}`}
            inputMode="decimal"
            value={amount === undefined || !show?.currency ? undefined : majorUnits(amount, show.currency)}
            errors={errors[`prices.${category}`]}
            required
          />
        );
      })}
      {errors.prices && <p className="note invalid">{errors.prices.join('. ')}</p>}
    </fieldset>
  );
}

/**
 * The rules in a request, from the values of `RuleFields`.
 *
 * @throws {ProblemError} validation_failed, naming the prices that are not amounts of the currency
 */
export function rulesOf(values: Record<string, string>) {
  const { payment, sales_open_at, sales_close_at, max_seats_per_user, forbid_single_seats } = values;
  const rules = {
    sales_open_at: fromInputValue(sales_open_at),
    sales_close_at: fromInputValue(sales_close_at),
    max_seats_per_user: max_seats_per_user ? Number(max_seats_per_user) : null,
    forbid_single_seats: forbid_single_seats === 'on',
  };
  if (payment !== 'counter' && payment !== 'online')
    return { ...rules, payment: 'free' as const, prices: null, currency: null };
  const currency = (values.currency ?? '').trim().toUpperCase();
  const prices = pricesOf(values, currency);
  localStorage.setItem(currencyOfLastShow, currency);
  return { ...rules, payment: payment as 'counter' | 'online', prices, currency };
}

function pricesOf(values: Record<string, string>, currency: string): Record<string, number> {
  const prices: Record<string, number> = {};
  const errors: FieldErrors = {};
  for (const [name, text] of Object.entries(values)) {
    const [, category] = /^price (.+)$/.exec(name) ?? [];
    if (category === undefined) continue;
    const amount = minorUnits(text, currency);
    if (amount === null) errors[`prices.${category}`] = [`Must be an amount of ${currency}, such as 12 or 12.50`];
    else prices[category] = amount;
  }
  if (Object.keys(errors).length === 0) return prices;
  const detail = 'Some prices are not amounts.';
  throw new ProblemError({
    ...{ type: 'about:blank', code: 'validation_failed', title: 'Invalid request', status: 400, detail, errors },
  });
}
