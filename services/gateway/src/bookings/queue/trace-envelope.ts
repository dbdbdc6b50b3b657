import { readBookingId } from '@boxoffice/shared/booking-id';
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import type { PendingRequest } from './submission.ts';

/**
 * Adds an envelope, with a span for each traced request in it: from the request's submission until Redis has it. One job holds
 * many requests, so the requests carry their spans to the worker, not the job.
 *
 * @returns what `add` returns
 */
export async function traceEnvelope<T>(
  tracing: Tracing,
  {
    placed,
    requests,
    add,
  }: {
    placed: readonly PendingRequest[];
    requests: readonly BookingRequest[];
    add: (requests: BookingRequest[]) => Promise<T>;
  },
): Promise<T> {
  const spans = requests.map((request, index) => {
    const { traceparent, since } = placed[index] ?? {};
    if (traceparent === undefined || since === undefined) return undefined;
    return tracing.start(`queue ${request.kind}`, {
      kind: 'producer',
      causes: [traceparent],
      startedAt: performance.timeOrigin + since,
      attributes: {
        'messaging.system': 'bullmq',
        'messaging.batch.message_count': requests.length,
        'messaging.message.id': readBookingId(request.id)?.envelopeId ?? '',
        'boxoffice.job': request.id,
        'boxoffice.show': request.show_id,
      },
    });
  });
  const traced = requests.map((request, index): BookingRequest => {
    const traceparent = spans[index]?.traceparent;
    return traceparent ? { ...request, traceparent } : request;
  });
  try {
    const added = await add(traced);
    for (const span of spans) span?.end();
    return added;
  } catch (error) {
    for (const span of spans) span?.end(error);
    throw error;
  }
}
