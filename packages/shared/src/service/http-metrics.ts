import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';

/** Adds `/metrics`, and measures and logs every request. */
export function addMetrics(
  http: FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, Logger, ZodTypeProvider>,
  metrics: Registry,
): void {
  collectDefaultMetrics({ register: metrics });
  http.get('/metrics', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.metrics();
  });
  const latency = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to last byte of the response, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  http.addHook('onResponse', async (request, reply) => {
    // An event stream stays open for as long as its client likes: its time is no latency, and its route logs it.
    if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) return;
    const route = request.routeOptions.url ?? 'unknown';
    latency.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    request.log.info(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
      'request',
    );
  });
}
