import { describe, expect, test } from 'vitest';
import { fromStripeAmount, toStripeAmount } from './amounts.ts';

describe('amounts for Stripe', () => {
  test.each([
    ['EUR', 1_050, 1_050],
    ['JPY', 1_050, 1_050],
    ['KWD', 1_050, 1_050],
    ['ISK', 1_050, 105_000],
    ['UGX', 1_050, 105_000],
  ])('in %s: %i of ours are %i of theirs, and back', (currency, ours, theirs) => {
    expect(toStripeAmount(ours, currency)).toBe(theirs);
    expect(fromStripeAmount(theirs, currency)).toBe(ours);
  });

  test('refuse a thousandth that Stripe cannot take', () => {
    expect(() => toStripeAmount(1_055, 'KWD')).toThrow(/cannot take 1055 KWD/);
  });
});
