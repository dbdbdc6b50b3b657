import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of a server, for tests of connections that fail without a trace. */
export class TcpProxy {
  /** While true, new connections are accepted but carry nothing, as when the other end stops answering. */
  acceptsInSilence = false;
  /** How many connections were accepted in silence so far. */
  acceptedInSilence = 0;
  readonly #server: Server;
  /** Where new connections lead. */
  #target: URL;
  readonly #connections = new Set<Socket[]>();

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((near) => this.#accept(near));
  }

  /** @param target URL of a server; only its host and port matter */
  static async start(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target));
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** The target's URL, by way of the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Leads new connections to another server, as a failover does. Open ones stay where they are. */
  redirect(target: string): void {
    this.#target = new URL(target);
  }

  /** The open connections stay open but carry nothing any more. */
  silence(): void {
    for (const socket of [...this.#connections].flat()) {
      socket.unpipe();
      socket.resume();
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of [...this.#connections].flat()) socket.destroy();
  }

  #accept(near: Socket): void {
    const far = this.acceptsInSilence ? null : connect(Number(this.#target.port), this.#target.hostname);
    if (!far) this.acceptedInSilence++;
    const connection = far ? [near, far] : [near];
    this.#connections.add(connection);
    for (const socket of connection) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const other of connection) other.destroy();
        this.#connections.delete(connection);
      });
    }
    if (far) near.pipe(far).pipe(near);
    else near.resume();
  }
}
