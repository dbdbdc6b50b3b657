import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import type { Http } from './http-type.ts';

/** Measures and logs every request. */
export function measureRequests(http: Http, metrics: Registry): void {
  collectDefaultMetrics({ register: metrics });
  const latency = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to last byte of the response, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  http.addHook('onResponse', (request, reply, done) => {
    // An event stream stays open for as long as its client likes: its time is no latency, and its route logs it.
    if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) return done();
    const { method, routeOptions } = request;
    const route = routeOptions.url;
    // Nobody may add series by asking for what does not exist, with whichever method.
    const labels = route === undefined ? { method: 'any', route: 'unknown' } : { method, route };
    latency.observe({ ...labels, status: reply.statusCode }, reply.elapsedTime / 1_000);
    request.log.info(
      { method, route: labels.route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
      'request',
    );
    done();
  });
}
