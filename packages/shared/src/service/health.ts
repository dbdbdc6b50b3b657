import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';

/** Probes one dependency; rejects when it does not respond. */
export type HealthCheck = () => Promise<unknown>;

/** A health check that takes longer than this has failed, in milliseconds. */
const healthTimeoutMs = 1_000;

/** Adds `/livez` and `/readyz`. The latter reports 503 while a dependency is away or the server is closing. */
export function addHealth(
  http: FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, Logger, ZodTypeProvider>,
  checks: Record<string, HealthCheck>,
): void {
  let stopping = false;
  http.addHook('preClose', async () => {
    stopping = true;
  });
  http.get('/livez', { schema: { hide: true }, logLevel: 'warn' }, async () => ({ status: 'alive' }));
  http.get('/readyz', { schema: { hide: true }, logLevel: 'warn' }, async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await run(check)] as const),
    );
    const ready = !stopping && results.every(([, result]) => result === 'ok');
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : stopping ? 'stopping' : 'not ready',
      checks: Object.fromEntries(results),
    });
  });
}

async function run(check: HealthCheck): Promise<string> {
  try {
    const timeout = new Promise((_, reject) =>
      setTimeout(() => reject(new Error('no response')), healthTimeoutMs).unref(),
    );
    await Promise.race([check(), timeout]);
    return 'ok';
  } catch (error) {
    return (error as Error).message || (error as Error).name;
  }
}
