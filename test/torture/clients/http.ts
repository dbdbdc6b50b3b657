import { Agent, type IncomingMessage, request } from 'node:http';

/** A complete response. Calls return null when there was none: the connection broke, or the client gave up. */
export interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: Body;
}

/** The fields of any response body that the clients read. */
export interface Body {
  id?: string;
  status?: string | number;
  code?: string;
  job_id?: string;
  booking_id?: string;
  amount?: number;
  currency?: string;
  checkout_url?: string | null;
  expires_at?: string;
  /** Labels; of a seat map, the seats. */
  seats?: unknown[];
  results?: Body[];
  detail?: string;
  booking?: Body;
  problem?: Body;
}

export interface Call {
  method: 'GET' | 'POST';
  path: string;
  token: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** When the client leaves without an answer, in milliseconds. */
  patienceMs: number;
}

/** One agent per gateway: connections are kept, as a browser or a load balancer keeps them. */
export class HttpClient {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(url: string) {
    this.#url = new URL(url);
  }

  send(call: Call): Promise<Answer | null> {
    return new Promise((resolve) => {
      const outgoing = this.#open(call, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', () => resolve(null));
        response.on('close', () => resolve(response.complete ? answerOf(response, chunks) : null));
      });
      outgoing.on('error', () => resolve(null));
    });
  }

  /** Reads server-sent events until the stream ends or the client leaves; gives whether it ended by itself. */
  follow(call: Call, onEvent: (name: string, data: Body) => void): Promise<void> {
    return new Promise((resolve) => {
      let unread = '';
      const outgoing = this.#open({ ...call, headers: { accept: 'text/event-stream' } }, (response) => {
        response.setEncoding('utf8').on('data', (text: string) => {
          const blocks = (unread + text).split('\n\n');
          unread = blocks.pop() ?? '';
          for (const block of blocks) {
            const [, name, data] = /(?:^|\n)event: (.*)\ndata: (.*)$/.exec(block) ?? [];
            if (name && data) onEvent(name, JSON.parse(data) as Body);
          }
        });
        response.on('error', () => resolve());
        response.on('close', () => resolve());
      });
      outgoing.on('error', () => resolve());
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #open({ method, path, token, headers, body, patienceMs }: Call, onResponse: (response: IncomingMessage) => void) {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        host: this.#url.hostname,
        port: this.#url.port,
        agent: this.#agent,
        method,
        path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(payload !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(payload),
          }),
          ...headers,
        },
      },
      onResponse,
    );
    const leaving = setTimeout(() => outgoing.destroy(), patienceMs);
    outgoing.on('close', () => clearTimeout(leaving));
    outgoing.end(payload);
    return outgoing;
  }
}

function answerOf(response: IncomingMessage, chunks: Buffer[]): Answer | null {
  try {
    const text = Buffer.concat(chunks).toString();
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      body: text === '' ? {} : (JSON.parse(text) as Body),
    };
  } catch {
    return null;
  }
}
