/** A server that speaks the part of Stripe's API that Boxoffice uses, and can fail in every way that matters. */
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StripeBook } from './stripe-book.ts';

/**
 * - `drop`: acts, and closes the connection without a response
 * - `hang`: acts, and never responds
 * - `broken`: acts, and responds with 500 to this and every repeat under the same idempotency key, as Stripe does
 * - a number: refuses with this status
 */
export type StripeFault = 'drop' | 'hang' | 'broken' | number;

interface Call {
  /** Such as `POST /v1/refunds`, with `:id` for an id. */
  route: string;
  key: string | undefined;
  /** Whether it was answered from the memory of idempotency keys. */
  replayed: boolean;
}

export type StripeStandIn = Awaited<ReturnType<typeof startStripeStandIn>>;

/** @param options.onSession called once a checkout has been created, and that has been answered */
export async function startStripeStandIn({ onSession }: { onSession?: (id: string) => void } = {}) {
  const secretKey = `sk_test_${randomBytes(12).toString('hex')}`;
  const webhookSecret = `whsec_${randomBytes(12).toString('hex')}`;
  const book = new StripeBook();
  const calls: Call[] = [];
  const answers = new Map<string, { status: number; body: object }>();
  const faults: { route: RegExp; fault: StripeFault; times: number; every: number; seen: number }[] = [];

  function faultOf(route: string): StripeFault | null {
    for (const entry of faults) {
      if (!entry.route.test(route) || entry.times === 0) continue;
      if (++entry.seen % entry.every !== 0) continue;
      entry.times--;
      return entry.fault;
    }
    return null;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://stripe');
    const route = `${method} ${pathname.replace(/\/(cs|pi|re)_\w+/, '/:id')}`;
    const form = new URLSearchParams(await textOf(request));
    for (const [name, value] of searchParams) form.append(name, value);
    const key = headers['idempotency-key'] as string | undefined;
    const known = key ? answers.get(key) : undefined;
    calls.push({ route, key, replayed: known !== undefined });
    if (headers.authorization !== `Bearer ${secretKey}`)
      return send(response, 401, { error: { type: 'invalid_request_error', message: 'Invalid API Key' } });
    const fault = faultOf(route);
    if (typeof fault === 'number')
      return send(response, fault, {
        error: { type: fault === 429 ? 'rate_limit_error' : 'api_error', message: 'stand-in' },
      });
    const acted = known ?? book.act(method, pathname, form);
    const result = fault === 'broken' ? { status: 500, body: { error: { type: 'api_error' } } } : acted;
    if (key && !known) answers.set(key, result);
    if (fault === 'hang') return;
    if (fault === 'drop') return void request.socket.destroy();
    if (known) response.setHeader('idempotent-replayed', 'true');
    send(response, result.status, result.body);
    if (route === 'POST /v1/checkout/sessions') onSession?.((result.body as { id: string }).id);
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sign = (body: string, { secret = webhookSecret, at = Date.now() } = {}) => {
    const seconds = Math.floor(at / 1_000);
    const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    return `t=${seconds},v1=${mac}`;
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secretKey,
    webhookSecret,
    book,
    /** Every call so far. */
    calls,
    callsOf: (route: RegExp) => calls.filter((call) => route.test(call.route)),
    sign,
    /** The environment of a gateway that uses it. */
    get env() {
      return {
        PAYMENT_PROVIDER: 'stripe',
        STRIPE_SECRET_KEY: secretKey,
        STRIPE_WEBHOOK_SECRET: webhookSecret,
        STRIPE_API_URL: this.url,
      };
    },
    /** Lets calls fail: the next `times`, or every so many. */
    fail(route: RegExp, fault: StripeFault, { times = 1, every = 1 } = {}) {
      faults.push({ route, fault, times, every, seen: 0 });
    },
    heal: () => void faults.splice(0),
    /** Delivers an event, signed, to the gateway at this URL. */
    deliver(gateway: string, event: object, options: { secret?: string; at?: number } = {}): Promise<Response> {
      const body = JSON.stringify(event);
      return fetch(`${gateway}/api/payments/events/stripe/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': sign(body, options) },
        body,
      });
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_stand_in' });
  response.end(JSON.stringify(body));
}
