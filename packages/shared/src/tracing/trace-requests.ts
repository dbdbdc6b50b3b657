import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import type { Http } from '../service/http-type.ts';

/** Requested by machines, every few seconds. */
const probes = new Set<string | undefined>(['/livez', '/readyz', '/metrics']);

/**
 * Adds the hooks that record requests. @fastify/otel would also record every hook and handler, and run each inside a context
 * even for requests that are not sampled: here those cost next to nothing.
 *
 * Spans have the route, never the URL: paths and query strings may contain what people have typed.
 *
 * @param options.trustsCallers whether a caller's `traceparent` is continued, and its sampling decision followed
 * @param options.share the share of the other requests that reaches the tracer (`sampledShare`)
 */
export function traceRequests(
  http: Http,
  tracer: Tracer,
  { trustsCallers, share }: { trustsCallers: boolean; share: number },
): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  http.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions } = request;
    const route = routeOptions.url;
    if (probes.has(route)) return done();
    const parent = trustsCallers ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT;
    if (Math.random() >= share && !trace.getSpanContext(parent)) return done();
    const attributes = { 'http.request.method': method, ...(route !== undefined && { 'http.route': route }) };
    const span = tracer.startSpan(`${method} ${route ?? 'unknown'}`, { kind: SpanKind.SERVER, attributes }, parent);
    if (!span.isRecording()) return done();
    spans.set(request, span);
    request.log = request.log.child({ trace_id: span.spanContext().traceId });
    context.with(trace.setSpan(ROOT_CONTEXT, span), done);
  });
  // Once the body has been read, we are called from the connection's context, which is not the request's.
  http.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) context.with(trace.setSpan(ROOT_CONTEXT, span), done);
    else done();
  });
  http.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    if (span) endWith(span, reply.statusCode);
    done();
  });
}

function endWith(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) {
    span.setAttribute('error.type', String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
