import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';

/** A restriction that the operators should know of, although the service is ready. */
export interface HealthWarning {
  warning: string;
}

/** Probes one dependency; rejects when it does not respond. It may resolve with a `HealthWarning`. */
export type HealthCheck = () => Promise<unknown>;

/** A health check that takes longer than this has failed, in milliseconds. */
const healthTimeoutMs = 1_000;

/**
 * Adds `/livez` and `/readyz`, and the metric `service_ready`. A service is not ready (503) while a dependency is away or
 * the server is closing.
 */
export function addHealth(
  http: FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, Logger, ZodTypeProvider>,
  checks: Record<string, HealthCheck>,
  metrics: Registry,
): void {
  let stopping = false;
  http.addHook('preClose', async () => {
    stopping = true;
  });
  http.get('/livez', { schema: { hide: true }, logLevel: 'warn' }, async () => ({ status: 'alive' }));
  const runAll = async () => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await run(check)] as const),
    );
    return { results, ready: !stopping && results.every(([, { healthy }]) => healthy) };
  };
  new Gauge({
    name: 'service_ready',
    help: 'Whether the service is ready: 1 or 0',
    registers: [metrics],
    async collect() {
      this.set((await runAll()).ready ? 1 : 0);
    },
  });
  http.get('/readyz', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    const { results, ready } = await runAll();
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : stopping ? 'stopping' : 'not ready',
      checks: Object.fromEntries(results.map(([name, { detail }]) => [name, detail])),
    });
  });
}

async function run(check: HealthCheck): Promise<{ healthy: boolean; detail: string }> {
  try {
    const timeout = new Promise((_, reject) =>
      setTimeout(() => reject(new Error('no response')), healthTimeoutMs).unref(),
    );
    const result = await Promise.race([check(), timeout]);
    return { healthy: true, detail: (result as Partial<HealthWarning> | null | undefined)?.warning ?? 'ok' };
  } catch (error) {
    return { healthy: false, detail: (error as Error).message || (error as Error).name };
  }
}
