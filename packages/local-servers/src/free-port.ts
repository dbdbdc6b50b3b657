import { createServer, type Server } from 'node:net';

const lowest = 15_000;
const count = 17_000;
/** Processes start far apart, so that two that search at the same time find different ports. */
let next = (process.pid * 61) % count;

/**
 * A port on which nothing listens, a different one each time. It is below the range that the system uses
 * for outgoing connections, so that nothing takes the port of a server while it restarts.
 *
 * @throws when 100 ports in a row are taken
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = lowest + next;
    next = (next + 1) % count;
    const listener = await listen(port, '127.0.0.1').catch(() => null);
    if (!listener) continue;
    await new Promise((resolve) => listener.close(resolve));
    return port;
  }
  throw new Error('No free port was found on 127.0.0.1.');
}

/**
 * Listens on a port.
 *
 * @throws the system error, e.g. EADDRINUSE
 */
export function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
