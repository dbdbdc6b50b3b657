import { describe, expect, test } from 'vitest';
import { checkPaymentProvider, paymentProviderOf } from './payment-provider.ts';

const stripe = {
  PAYMENT_PROVIDER: 'stripe',
  STRIPE_SECRET_KEY: 'sk_live_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
} as const;
const config = (fields: object) => ({
  ...{ NODE_ENV: 'production' as const, PAYMENT_PROVIDER: undefined, STRIPE_SECRET_KEY: undefined },
  ...{ STRIPE_WEBHOOK_SECRET: undefined, STRIPE_ALLOW_TEST_KEYS: undefined },
  ...fields,
});

test('the test provider is the default in development, and there is none elsewhere', () => {
  expect(paymentProviderOf(config({ NODE_ENV: 'development' }))).toBe('test');
  expect(paymentProviderOf(config({}))).toBeNull();
  expect(paymentProviderOf(config({ NODE_ENV: 'development', PAYMENT_PROVIDER: 'none' }))).toBeNull();
});

describe('payments are refused', () => {
  test.each([
    ['for the test provider in production', { PAYMENT_PROVIDER: 'test' }, /PAYMENT_PROVIDER=test takes no money/],
    ['for Stripe without a key', { ...stripe, STRIPE_SECRET_KEY: undefined }, /requires STRIPE_SECRET_KEY/],
    ['for Stripe without the secret of its events', { ...stripe, STRIPE_WEBHOOK_SECRET: undefined }, /requires/],
    [
      'for a test key in production',
      { ...stripe, STRIPE_SECRET_KEY: 'sk_test_1' },
      /STRIPE_ALLOW_TEST_KEYS=true allows it/,
    ],
    ['for a restricted test key', { ...stripe, STRIPE_SECRET_KEY: 'rk_test_1' }, /is a test key/],
  ])('%s', (_, fields, message) => {
    expect(() => checkPaymentProvider(config(fields))).toThrow(message);
  });

  test.each([
    ['a live key', stripe],
    ['a test key that is allowed by name', { ...stripe, STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_ALLOW_TEST_KEYS: true }],
    ['a test key in development', { ...stripe, STRIPE_SECRET_KEY: 'sk_test_1', NODE_ENV: 'development' }],
    ['no provider', {}],
  ])('but not for %s', (_, fields) => {
    expect(() => checkPaymentProvider(config(fields))).not.toThrow();
  });
});
