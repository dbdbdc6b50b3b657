import { connect, type Socket } from 'node:net';

export interface FuzzResponse {
  status: number;
  /** Names in lower case; the values of several with one name are joined. */
  headers: Map<string, string>;
  /** Names of headers that occur more than once. */
  repeated: string[];
  body: string;
}

/** How long a response may take at all, in milliseconds: longer than any that is merely slow. */
const patienceMs = 40_000;

/**
 * A connection on which requests are sent as bytes: any HTTP client would refuse to send what a fuzzer sends. It
 * is opened again when the server closes it.
 */
export class Connection {
  readonly #port: number;
  #socket: Socket | null = null;
  #isWaiting = false;
  #surplus = '';

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * Sends one request and reads its response; null when the server closes the connection without one. The
   * response of an event stream is its head.
   */
  async send(bytes: Buffer, { method }: { method: string }): Promise<FuzzResponse | null> {
    const reused = this.#socket !== null;
    const responses = await this.#exchange(bytes, (text) => parseResponse(text, method), false);
    // The server may have closed an idle connection just when we wrote.
    if (responses.length === 0 && reused) return this.send(bytes, { method });
    return responses[0] ?? null;
  }

  /** Sends bytes that may be no request at all, and closes our half; returns every response. */
  sendRaw(bytes: Buffer): Promise<FuzzResponse[]> {
    this.close();
    return this.#exchange(bytes, (text, isEnd) => (isEnd ? parseResponse(text, 'GET', true) : null), true);
  }

  /** What has arrived since the last call and belongs to no request: at most one response is due to each. */
  takeSurplus(): string {
    const surplus = this.#surplus;
    this.#surplus = '';
    return surplus;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    this.#socket = connect(this.#port, '127.0.0.1');
    this.#socket.on('error', () => undefined); // 'close' follows
    this.#socket.on('data', (chunk: Buffer) => {
      if (!this.#isWaiting) this.#surplus += chunk.toString('latin1');
    });
    return this.#socket;
  }

  async #exchange(
    bytes: Buffer,
    parse: (text: string, isEnd: boolean) => Parsed | null,
    isRaw: boolean,
  ): Promise<FuzzResponse[]> {
    const socket = this.#socket ?? this.#open();
    let text = '';
    const { promise, resolve, reject } = Promise.withResolvers<FuzzResponse[]>();
    const timer = setTimeout(() => reject(new Error(`no response within ${patienceMs} ms`)), patienceMs);
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const parsed = isRaw ? null : parse(text, false);
      if (!parsed) return;
      if (!parsed.isStream) this.#surplus += text.slice(parsed.length);
      if (parsed.closes) this.close();
      resolve([parsed.response]);
    };
    const onClose = () => {
      this.close();
      const all: FuzzResponse[] = [];
      for (let parsed = parse(text, true); parsed && text.length > 0; parsed = parse(text, true)) {
        all.push(parsed.response);
        text = text.slice(parsed.length);
      }
      resolve(all);
    };
    this.#isWaiting = true;
    socket.on('data', onData).on('close', onClose);
    socket.write(bytes);
    if (isRaw) socket.end();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#isWaiting = false;
      socket.off('data', onData).off('close', onClose);
      if (isRaw) this.close();
    }
  }
}

interface Parsed {
  response: FuzzResponse;
  /** How much of the text it takes. */
  length: number;
  /** Whether nothing can follow on this connection. */
  closes: boolean;
  /** Whether more of the same response may follow. */
  isStream: boolean;
}

/** Reads the response at the start of a text; null while it is incomplete. Interim responses (1xx) are skipped. */
function parseResponse(text: string, method: string, isEnd = false): Parsed | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
  const bodyAt = end + 4;
  if (status < 200) {
    const next = parseResponse(text.slice(bodyAt), method, isEnd);
    return next && { ...next, length: next.length + bodyAt };
  }
  const headers = new Map<string, string>();
  const repeated: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    const earlier = headers.get(name);
    if (earlier !== undefined) repeated.push(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const closes = isStream || headers.get('connection') === 'close';
  const done = (body: string, length: number): Parsed => ({
    response: { status, headers, repeated, body },
    ...{ length, closes, isStream },
  });
  // A request whose headers are too large is refused before its method is known: with a body, as the connection closes.
  const isHead = method === 'HEAD' && status !== 431;
  if (isHead || status === 204 || status === 304 || isStream) return done('', bodyAt);
  if (headers.get('transfer-encoding') === 'chunked') {
    const dechunked = readChunks(text, bodyAt);
    return dechunked && done(dechunked.body, dechunked.end);
  }
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (Number.isNaN(length)) return isEnd ? done(text.slice(bodyAt), text.length) : null;
  return text.length >= bodyAt + length ? done(text.slice(bodyAt, bodyAt + length), bodyAt + length) : null;
}

function readChunks(text: string, from: number): { body: string; end: number } | null {
  let body = '';
  for (let at = from; ; ) {
    const line = text.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (text.length < line + 2 + size + 2) return null;
    if (size === 0) return { body, end: line + 4 };
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}
