import type { Server } from 'node:net';
import { freePort, listen } from '@boxoffice/local-servers/free-port';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import type { Config } from '@boxoffice/shared/service/config';

/** Gateways behind HAProxy listen on loopback only, from this far above the public port on. */
const behindProxy = 100;
const loopback = '127.0.0.1';

interface GatewayPorts {
  http: number;
  metrics: number;
}

/** The ports on which the services will listen. */
export interface Ports {
  /** The public port. */
  gateway: number;
  /** For each gateway, the port of its API and its internal port. A single gateway uses the public port. */
  gateways: [GatewayPorts, ...GatewayPorts[]];
  catalog: number;
  workers: number[];
}

/**
 * Checks that every port is available before anything is started. Replaces port 0 by a free port.
 *
 * @throws {PlainError} that names the port and the variable that sets it
 */
export async function findPorts(config: Config): Promise<Ports> {
  const held: Server[] = [];
  const claim = async (variable: string, port: number, host = config.INTERNAL_HOST): Promise<number> => {
    const chosen = port || (await freePort());
    held.push(await listen(chosen, host).catch((error) => Promise.reject(refusal(variable, chosen, host, error))));
    return chosen;
  };
  try {
    const gateway = await claim('PORT', config.PORT, config.HOST);
    const gateways: GatewayPorts[] = [];
    for (let i = 0; i < config.GATEWAYS; i++) {
      const metrics = await claim('METRICS_PORT', config.METRICS_PORT && config.METRICS_PORT + i);
      const isOnly = config.GATEWAYS === 1;
      gateways.push({ http: isOnly ? gateway : await claim('PORT', gateway + behindProxy + i, loopback), metrics });
    }
    const catalog = await claim('CATALOG_PORT', config.CATALOG_PORT);
    const workers: number[] = [];
    for (let i = 0; i < config.WORKERS; i++) {
      workers.push(await claim('WORKER_PORT', config.WORKER_PORT && config.WORKER_PORT + i));
    }
    return { gateway, gateways: gateways as Ports['gateways'], catalog, workers };
  } finally {
    // Held until all are checked, which also detects two services with the same port.
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  function refusal(variable: string, port: number, host: string, error: NodeJS.ErrnoException): PlainError {
    if (error.code === 'EADDRINUSE') {
      return new PlainError(
        `Port ${port} is in use: stop the program that uses it, or set ${variable} to another port (${variable}=${port + 1000} npx -y pnpm start).`,
      );
    }
    const hostVariable = variable === 'PORT' ? 'HOST' : 'INTERNAL_HOST';
    return new PlainError(`Cannot listen on ${host}:${port} (${error.code}): change ${variable} or ${hostVariable}.`);
  }
}
