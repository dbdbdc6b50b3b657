/** Makes purchases: reads options from the JSON file in its argument, prints the result as JSON. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Request, userCount, waitSeconds } from '../workloads/workloads.ts';
import { Connection } from './connection.ts';
import { partiesInOrder } from './parties.ts';
import { type Purchase, partySize, people, type Sale, type SalesOptions, type SalesResult } from './sales.ts';

const { url, sale, tokensFile } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as SalesOptions;
const tokens = readFileSync(tokensFile, 'utf8').trimEnd().split('\n');
const problems: string[] = [];
/** What `Retry-After` says. */
const retryAfterMs = 1_000;
/** More than people, so that the last of them also have a choice. */
const parties = sale.kind === 'explicit' ? partiesInOrder(people + people / 4) : [];
const result = 'connections' in sale ? await holdAndBuy(sale) : await sellToEveryone(sale);
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

interface Held {
  id: string;
  seats: string[];
}

async function holdAndBuy({
  kind,
  show,
  connections,
  seconds,
}: Extract<Sale, { connections: number }>): Promise<SalesResult> {
  const clients = await Promise.all(Array.from({ length: connections }, () => Connection.open(url, tokens)));
  const purchases: Purchase[] = [];
  const startMs = performance.now();
  const step = kind === 'paid' ? 'payments' : 'confirm';
  let seat = 0;
  const buyOn = async (client: Connection): Promise<void> => {
    while (performance.now() - startMs < seconds * 1_000) {
      const user = ++seat % userCount;
      const hold = await timed(client, holdRequest(show, user, { seats: [seat] }), 201);
      if (!hold.body) continue;
      const { id, seats } = hold.body;
      const buy = await timed(
        client,
        postRequest(`/api/bookings/${id}/${step}/`, user, '{}'),
        kind === 'paid' ? 201 : 200,
      );
      if (buy.body) purchases.push({ id, seats, requestMs: [hold.ms, buy.ms] });
    }
  };
  await Promise.all(clients.map(buyOn));
  return { seconds: (performance.now() - startMs) / 1_000, purchases, problems };
}

async function sellToEveryone({ kind, show }: Extract<Sale, { kind: 'best' | 'explicit' }>): Promise<SalesResult> {
  const clients = await Promise.all(Array.from({ length: people }, () => Connection.open(url, tokens)));
  const buy = kind === 'best' ? buyBest : buyExplicitly;
  const startMs = performance.now();
  const purchases = await Promise.all(clients.map((client, user) => buy(client, show, user)));
  const seconds = (performance.now() - startMs) / 1_000;
  return { seconds, purchases: purchases.filter((purchase) => purchase !== null), problems };
}

async function buyBest(client: Connection, show: number, user: number): Promise<Purchase | null> {
  const { ms, body } = await timed(client, holdRequest(show, user, { best: { count: partySize } }), 201);
  return body && { ...body, requestMs: [ms] };
}

/**
 * Asks for four good seats until four are free. All know the hall; the more often someone was refused, the farther
 * from the best seats they look.
 */
async function buyExplicitly(client: Connection, show: number, user: number): Promise<Purchase | null> {
  const tried = new Set<number>();
  const requestMs: number[] = [];
  for (let within = 16; ; within = Math.min(within * 2, parties.length)) {
    const choice = Math.floor(Math.random() * within);
    if (tried.has(choice)) continue;
    tried.add(choice);
    const { ms, body, isTaken } = await timed(client, holdRequest(show, user, { seats: parties[choice] ?? [] }), 201);
    requestMs.push(ms);
    if (body) return { ...body, requestMs };
    if (!isTaken) return null;
  }
}

async function timed(client: Connection, request: Request, expected: number) {
  const startMs = performance.now();
  let { status, body } = await client.send(request);
  while (status === 503) {
    // Nothing was accepted: a thousand people at once may be more than this machine accepts in time.
    await delay(retryAfterMs);
    ({ status, body } = await client.send(request));
  }
  const ms = performance.now() - startMs;
  if (status === expected) return { ms, body: JSON.parse(body) as Held, isTaken: false };
  const isTaken = status === 409 && body.includes('"seat_taken"');
  if (!isTaken || sale.kind !== 'explicit') problems.push(`${request.path} returned ${status}: ${body.slice(0, 200)}`);
  return { ms, body: null, isTaken };
}

function holdRequest(show: number, user: number, wish: object): Request {
  return postRequest(`/api/shows/${show}/holds/`, user, JSON.stringify(wish));
}

function postRequest(path: string, user: number, body: string): Request {
  return { method: 'POST', path, user, body, prefer: `wait=${waitSeconds}` };
}
