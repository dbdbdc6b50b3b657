import { EventReceipt, ProviderParams } from '@boxoffice/shared/contracts/payments';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import { operation } from '../../http/operation.ts';
import type { PaymentEvents } from '../payment-events.ts';
import type { PaymentMetrics } from '../payment-metrics.ts';
import { InvalidEvent, type PaymentProvider, type ProviderEvent } from '../providers/provider.ts';

interface Dependencies {
  payments: {
    providers: ReadonlyMap<string, PaymentProvider>;
    events: Pick<PaymentEvents, 'store'>;
    metrics: PaymentMetrics;
    handleEvent: (id: number) => Promise<void>;
  };
}

export const receivePaymentEvent = operation({
  method: 'POST',
  path: '/api/payments/events/:provider/',
  auth: 'none',
  tag: 'Payments',
  id: 'receivePaymentEvent',
  summary: 'For providers of payments: report an event',
  description:
    'The signature is verified on the body as it was sent. An event is stored before it is answered, and handled once, ' +
    'however often it is sent.',
  params: ProviderParams,
  success: { 200: EventReceipt.describe('The event is stored') },
  errors: ['provider_not_found', 'invalid_signature'],
  needs: ['database'],
  handler:
    ({ payments }: Dependencies) =>
    async (request) => {
      const { provider: name } = request.params;
      const provider = payments.providers.get(name);
      if (!provider) throw new ProblemError('provider_not_found');
      let event: ProviderEvent;
      try {
        event = provider.readEvent(request.headers, request.bodyAsSent);
      } catch (error) {
        if (!(error instanceof InvalidEvent)) throw error;
        payments.metrics.events.inc({ provider: name, outcome: 'refused' });
        throw new ProblemError('invalid_signature', `The event is not accepted: ${error.message}.`);
      }
      const id = await payments.events.store(name, event);
      payments.metrics.events.inc({ provider: name, outcome: id === null ? 'repeated' : 'stored' });
      if (id !== null) handle(payments, id, request.log);
      return { received: true as const };
    },
});

/** Not awaited: the provider wants to know only that it is stored. */
function handle({ handleEvent }: Dependencies['payments'], id: number, log: Pick<Logger, 'warn'>): void {
  handleEvent(id).catch((error: Error) =>
    log.warn({ event: id, reason: error.message }, 'an event cannot be handled yet: reconciliation will'),
  );
}
