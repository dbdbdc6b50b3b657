import { Gauge, type Registry } from 'prom-client';
import type { Health } from './health.ts';
import type { Http } from './http-type.ts';

const options = { schema: { hide: true }, logLevel: 'warn' } as const;

/** Adds `/livez` and `/readyz`; the latter responds with 503 while a dependency is away or the server is closing. */
export function addHealth(http: Http, health: Health, show: 'state' | 'detail'): void {
  http.get('/livez', options, async () => ({ status: 'alive' }));
  http.get('/readyz', options, async (_request, reply) => {
    const { code, body } = await health.report(show);
    return reply.code(code).send(body);
  });
}

/** Adds `/metrics`, for Prometheus, including whether the service is ready. */
export function addMetrics(http: Http, metrics: Registry, health: Health): void {
  new Gauge({
    name: 'service_ready',
    help: 'Whether the service is ready: 1 or 0',
    registers: [metrics],
    async collect() {
      this.set((await health.report('state')).code === 200 ? 1 : 0);
    },
  });
  http.get('/metrics', options, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.metrics();
  });
}
