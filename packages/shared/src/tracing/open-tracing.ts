/** The only module that loads OpenTelemetry; services import it at start, when tracing is on. */
import {
  context,
  type Link,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  defaultResource,
  envDetector,
  hostDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { sampledShare } from './sampled-share.ts';
import { traceRequests } from './trace-requests.ts';
import { tracedClient } from './traced-client.ts';
import { contextOf, parseTraceparent, traceparentOf } from './traceparent.ts';
import type { Span, SpanOptions, Tracing } from './tracing.ts';

/** How long stopping waits for the last export, in milliseconds: a collector that does not respond must not delay it. */
const stopTimeoutMs = 1_000;
const kinds = { internal: SpanKind.INTERNAL, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER };

/**
 * Starts OpenTelemetry, configured by its standard variables (OTEL_*).
 *
 * @param service its `service.name`, unless OTEL_SERVICE_NAME is set
 */
export function openTracing(service: string): Tracing {
  // biome-ignore lint/style/noProcessEnv: like all of OTEL_*, these variables are not part of our configuration
  const share = sampledShare(process.env);
  const sdk = new NodeSDK({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': service })),
    // Not the detector of processes and their owners: command lines and user names are nobody's business.
    resourceDetectors: [serviceInstanceIdDetector, hostDetector, envDetector],
    // Prometheus collects the metrics, and logs go to standard output.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    // Requests without a parent have been sampled by `traceRequests` before they get here.
    ...(share < 1 && { sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }) }),
  });
  sdk.start();
  const tracer = trace.getTracer('boxoffice');
  return {
    traceRequests: (http, options) => traceRequests(http, tracer, { ...options, share }),
    current() {
      const span = trace.getActiveSpan();
      return span?.isRecording() ? traceparentOf(span.spanContext()) : undefined;
    },
    start: (name, options) => startSpan(tracer, name, options),
    tracedClient: (Client) => tracedClient(Client, tracer),
    async stop() {
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, stopTimeoutMs).unref());
      await Promise.race([sdk.shutdown().catch(() => undefined), timeout]);
    },
  };
}

function startSpan(tracer: Tracer, name: string, { kind, causes, attributes = {}, startedAt }: SpanOptions): Span {
  const [parent, ...others] = causes.map(parseTraceparent);
  const links = others.flatMap((cause): Link[] => (cause ? [{ context: cause }] : []));
  const options = { kind: kinds[kind], links, attributes, ...(startedAt !== undefined && { startTime: startedAt }) };
  const span = tracer.startSpan(name, options, contextOf(parent));
  return {
    traceparent: traceparentOf(span.spanContext()),
    during: (work) => context.with(trace.setSpan(contextOf(null), span), work),
    end(error) {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}

/** Records an error by its kind: messages may quote what people have typed. */
function fail(span: OtelSpan, error: unknown): void {
  const { code, name } = error as { code?: unknown; name?: string };
  span.setAttribute('error.type', typeof code === 'string' ? code : (name ?? 'unknown'));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
