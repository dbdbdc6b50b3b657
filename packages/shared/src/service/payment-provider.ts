import { type Config, ConfigError } from './config.ts';

type ProviderConfig = Pick<
  Config,
  'NODE_ENV' | 'PAYMENT_PROVIDER' | 'STRIPE_SECRET_KEY' | 'STRIPE_WEBHOOK_SECRET' | 'STRIPE_ALLOW_TEST_KEYS'
>;

/** The provider of new payments; null when shows cannot be paid for online. In development, the test provider. */
export function paymentProviderOf({
  PAYMENT_PROVIDER,
  NODE_ENV,
}: Pick<Config, 'NODE_ENV' | 'PAYMENT_PROVIDER'>): 'stripe' | 'test' | null {
  const name = PAYMENT_PROVIDER ?? (NODE_ENV === 'development' ? 'test' : 'none');
  return name === 'none' ? null : name;
}

/**
 * Refuses what would take no money, or the wrong money. Only the gateway has Stripe's secrets.
 *
 * @throws {ConfigError} in production for the test provider, and for test keys that are not allowed by name; anywhere
 *   for Stripe without its secrets
 */
export function checkPaymentProvider(config: ProviderConfig): void {
  const isProduction = config.NODE_ENV === 'production';
  const provider = paymentProviderOf(config);
  if (provider === 'test' && isProduction)
    throw new ConfigError('PAYMENT_PROVIDER=test takes no money, so production refuses it: set stripe or none.');
  if (provider === 'stripe' && !(config.STRIPE_SECRET_KEY && config.STRIPE_WEBHOOK_SECRET))
    throw new ConfigError('PAYMENT_PROVIDER=stripe requires STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.');
  const isTestKey = /^[rs]k_test_/.test(config.STRIPE_SECRET_KEY ?? '');
  if (isProduction && isTestKey && !config.STRIPE_ALLOW_TEST_KEYS)
    throw new ConfigError(
      'STRIPE_SECRET_KEY is a test key, which takes no money, so production refuses it; STRIPE_ALLOW_TEST_KEYS=true allows it.',
    );
}
