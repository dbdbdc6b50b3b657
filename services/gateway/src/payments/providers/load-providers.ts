import { createHmac } from 'node:crypto';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Config } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import { loadInternalSecret } from '@boxoffice/shared/service/internal-secret';
import type { Logger } from '@boxoffice/shared/service/logging';
import { checkPaymentProvider, paymentProviderOf } from '@boxoffice/shared/service/payment-provider';
import { addTestCheckout } from './pretended/checkout-page.ts';
import { sendEvent } from './pretended/send-event.ts';
import { TestBank, type TestCheckoutRow } from './pretended/test-bank.ts';
import { TestProvider } from './pretended/test-provider.ts';
import type { PaymentProvider } from './provider.ts';
import { StripeProvider } from './stripe/stripe-provider.ts';

/** How often the test provider looks for buyers who pay late, in milliseconds. */
const latecomersEveryMs = 1_000;

export interface Providers {
  byName: Map<string, PaymentProvider>;
  /** The provider of new payments; null when there is none. */
  current: string | null;
  /** Adds the pages of the providers that have some. */
  addPages(http: Http): void;
}

/** Those that are configured: also one that takes no new payments, for its old ones. @throws {ConfigError} */
export function loadProviders({ config, orm, logger }: { config: Config; orm: MikroORM; logger: Logger }): Providers {
  checkPaymentProvider(config);
  const byName = new Map<string, PaymentProvider>();
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = config;
  if (secretKey && webhookSecret)
    byName.set('stripe', new StripeProvider({ secretKey, webhookSecret, apiUrl: config.STRIPE_API_URL }));
  const current = paymentProviderOf(config);
  if (current !== 'test') return { byName, current, addPages: () => undefined };

  const bank = new TestBank(orm);
  const secret = testSecretOf(config);
  let publicUrl = () => '';
  byName.set('test', new TestProvider(bank, { secret, publicUrl: () => publicUrl() }));
  return {
    byName,
    current,
    addPages(http) {
      publicUrl = () => http.publicUrl();
      const onChange = (checkout: TestCheckoutRow) =>
        void sendEvent(checkout, { secret, url: localUrl(http) ?? http.publicUrl(), logger }).catch(() => undefined);
      void http.register(async (pages: Http) => addTestCheckout(pages, { bank, onChange }));
      const timer = setInterval(
        () =>
          void bank.payLatecomers().then(
            (paid) => paid.forEach(onChange),
            () => undefined,
          ),
        latecomersEveryMs,
      ).unref();
      http.addHook('onClose', async () => clearInterval(timer));
    },
  };
}

/** The same for all gateways of an installation. */
export function testSecretOf(config: Parameters<typeof loadInternalSecret>[0]): string {
  return createHmac('sha256', loadInternalSecret(config)).update('events of the test provider').digest('base64url');
}

/** Where this gateway listens, if it does. */
function localUrl(http: Http): string | null {
  const address = http.server.address();
  if (!address || typeof address !== 'object') return null;
  const host = ['0.0.0.0', '::'].includes(address.address) ? '127.0.0.1' : address.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
