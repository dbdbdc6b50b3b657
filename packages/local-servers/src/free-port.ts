import { createServer, type Server } from 'node:net';

const lowest = 15_000;
const count = 17_000;
/** Processes begin far from each other, so that of two that search at once each finds its own. */
let next = (process.pid * 61) % count;

/**
 * A port on which nothing listens, another one each time. It comes from below the range that the system
 * gives to outgoing connections, so that a server that is down for a moment finds its port free again.
 *
 * @throws when 100 tries in a row were taken
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
 * @throws the system's error, e.g. EADDRINUSE
 */
export function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
