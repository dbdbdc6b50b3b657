/** A payment provider as a process of its own, with Stripe's interface: it can be killed, frozen, slow and wrong. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../random.ts';
import { EventSender } from './event-sender.ts';
import { type BuyerAct, ProviderBook } from './provider-book.ts';
import { readWeather } from './weather.ts';

/** Buyers have so long to pay, in milliseconds; then the checkout is over. */
const checkoutMs = 20_000;
const expireEveryMs = 1_000;

const setting = (name: string) => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};
const book = new ProviderBook(setting('PROVIDER_BOOK'));
const weather = () => readWeather(setting('PROVIDER_WEATHER'));
const random = new Random(Number(setting('PROVIDER_SEED')));
const events = new EventSender({
  urls: setting('PROVIDER_GATEWAYS').split(','),
  secret: setting('STRIPE_WEBHOOK_SECRET'),
  ...{ weather, random },
  onReceived: (event) => book.received(event),
});
/** Idempotency keys of calls that are under way. */
const busy = new Set<string>();

setInterval(() => events.send(book.expire(checkoutMs)), expireEveryMs);
createServer((request, response) => {
  answer(request, response).catch((error: Error) => {
    // Of a caller that has gone; anything else shows in the campaign as money that is not where it should be.
    console.error(error.message);
    response.destroy();
  });
}).listen(Number(setting('PROVIDER_PORT')), '127.0.0.1');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const { pathname, searchParams } = new URL(url, 'http://provider');
  if (pathname === '/livez') return send(response, 200, {});
  const [, place, session = '', act] = pathname.split('/');
  if (place === 'checkouts') {
    visit(response, session, act as BuyerAct);
    return;
  }
  if (headers.authorization !== `Bearer ${setting('STRIPE_SECRET_KEY')}`)
    return send(response, 401, problem('invalid_request_error', 'invalid_api_key'));
  const form = new URLSearchParams(await textOf(request));
  for (const [name, value] of searchParams) form.append(name, value);
  await serve(request, response, { method, pathname, form });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { method, pathname, form }: { method: string; pathname: string; form: URLSearchParams },
): Promise<void> {
  const { slowMs = 0, refuse, drop = 0, hang = 0 } = weather();
  const key = request.headers['idempotency-key'] as string | undefined;
  const pauseMs = (random.next() * slowMs) / 2;
  if (refuse && random.chance(refuse.share))
    return send(response, refuse.status, problem(refuse.status === 429 ? 'rate_limit_error' : 'api_error', 'stand_in'));
  if (key && busy.has(key)) return send(response, 409, problem('invalid_request_error', 'idempotency_key_in_use'));
  if (key) busy.add(key);
  try {
    await delay(pauseMs);
    const { answer, events: caused } = book.call(method, pathname, form, key);
    events.send(caused);
    await delay(pauseMs);
    if (random.chance(drop)) return void request.socket.destroy();
    if (random.chance(hang)) return;
    send(response, answer.status, answer.body);
  } finally {
    if (key) busy.delete(key);
  }
}

/** A buyer at the checkout. */
function visit(response: ServerResponse, session: string, act: BuyerAct): void {
  const caused = book.visit(session, act);
  events.send(caused ?? []);
  send(response, caused ? 200 : 409, {});
}

const problem = (type: string, code: string) => ({ error: { type, code, message: code } });

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_stand_in' });
  response.end(JSON.stringify(body));
}
