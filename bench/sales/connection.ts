import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Request } from '../workloads/workloads.ts';

export interface Reply {
  status: number;
  body: string;
}

/**
 * One client: sends a request once it has the response to the previous one. It speaks HTTP over a plain socket, because
 * a client library uses as much CPU as the system it measures.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #tokens: readonly string[];
  #received = '';
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;

  private constructor(socket: Socket, tokens: readonly string[]) {
    this.#socket = socket;
    this.#tokens = tokens;
    socket.setEncoding('latin1').on('data', (text) => this.#receive(text as unknown as string));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')));
  }

  static async open(url: string, tokens: readonly string[]): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket, tokens);
  }

  send({ method, path, user, body, prefer }: Request): Promise<Reply> {
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1'];
    if (user !== null) lines.push(`Authorization: Bearer ${this.#tokens[user]}`);
    if (prefer !== null) lines.push(`Prefer: ${prefer}`);
    if (body !== null) lines.push('Content-Type: application/json', `Content-Length: ${body.length}`);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Assumes a Content-Length, which all systems send. */
  #receive(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#received.slice(0, head))?.[1] ?? 0);
    if (this.#received.length < head + 4 + length) return;
    const reply = { status: Number(this.#received.slice(9, 12)), body: this.#received.slice(head + 4) };
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(reply);
  }
}
