import { connect, createServer, type Server, type Socket } from 'node:net';
import { Flow, type Weather } from './flow.ts';

/** A temporary defect of a link. */
export interface Disturbance {
  stall?: boolean;
  /** Connections are refused, and those that are open are reset. */
  cut?: boolean;
  /** Gives how long to hold the next chunk of the connection with this number, in milliseconds. */
  delayMs?: (connection: number) => number;
  bytesPerSecond?: number;
}

/** The far end of a silent connection is reset this long after the near end was given up, in milliseconds: keepalive would. */
const noticedAfterMs = 15_000;

interface Connection {
  near: Socket;
  far: Socket;
  flows: Flow[];
  silent: boolean;
}

/** The connection between two processes: a TCP proxy that can be made to fail. */
export class Link {
  readonly name: string;
  readonly port: number;
  readonly #target: number;
  readonly #disturbances = new Set<Disturbance>();
  readonly #connections = new Set<Connection>();
  #server: Server | null = null;
  #count = 0;

  constructor(options: { name: string; port: number; target: number }) {
    this.name = options.name;
    this.port = options.port;
    this.#target = options.target;
  }

  open(): Promise<void> {
    // Half-open sockets are allowed: a FIN must cross as a FIN, in its turn.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#accept(near));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  close(): void {
    this.#server?.close();
    this.resetAll();
  }

  /** Begins a disturbance; returns a function that ends it. Several at a time add up. */
  disturb(disturbance: Disturbance): () => void {
    this.#disturbances.add(disturbance);
    if (disturbance.cut) this.resetAll();
    return () => {
      this.#disturbances.delete(disturbance);
      for (const { flows } of this.#connections) for (const flow of flows) flow.pump();
    };
  }

  /**
   * The currently open connections fall silent for good: nothing passes, and neither end is notified. New
   * ones work. Returns a function that resets the silent ones, as a recovered router does.
   */
  silence(): () => void {
    const silenced = [...this.#connections];
    for (const connection of silenced) {
      connection.silent = true;
      for (const flow of connection.flows) flow.lost = true;
    }
    return () => silenced.forEach(reset);
  }

  /** Resets every connection. */
  resetAll(): void {
    for (const connection of this.#connections) reset(connection);
  }

  #accept(near: Socket): void {
    if (this.#some('cut')) {
      near.on('error', () => undefined);
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const weather = this.#weatherOf(this.#count++);
    const connection: Connection = {
      near,
      far,
      flows: [new Flow(near, far, weather), new Flow(far, near, weather)],
      silent: false,
    };
    this.#connections.add(connection);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', (failed) => {
        if (near.destroyed && far.destroyed) this.#forget(connection);
        if (connection.silent) setTimeout(() => reset(connection), noticedAfterMs).unref();
        if (connection.silent || other.destroyed) return;
        if (failed) other.resetAndDestroy();
        else if (socket.readableEnded && !other.writableEnded) connection.flows.forEach(pump);
      });
    }
  }

  #forget(connection: Connection): void {
    for (const flow of connection.flows) flow.close();
    this.#connections.delete(connection);
  }

  #weatherOf(number: number): Weather {
    const link = this;
    return {
      get stalled() {
        return link.#some('stall');
      },
      get bytesPerSecond() {
        let least: number | null = null;
        for (const { bytesPerSecond } of link.#disturbances) {
          if (bytesPerSecond !== undefined) least = Math.min(least ?? bytesPerSecond, bytesPerSecond);
        }
        return least;
      },
      delayMs() {
        let sum = 0;
        for (const { delayMs } of link.#disturbances) sum += delayMs?.(number) ?? 0;
        return sum;
      },
    };
  }

  #some(what: 'stall' | 'cut'): boolean {
    for (const disturbance of this.#disturbances) if (disturbance[what]) return true;
    return false;
  }
}

const pump = (flow: Flow) => flow.pump();

function reset({ near, far }: Connection): void {
  near.resetAndDestroy();
  far.resetAndDestroy();
}
