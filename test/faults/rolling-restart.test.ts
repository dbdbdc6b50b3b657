import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@boxoffice/local-servers/free-port';
import { findHaproxy, startHaproxy } from '@boxoffice/local-servers/haproxy';
import type { Server } from '@boxoffice/local-servers/server';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { type EventReader, readEvents } from '@boxoffice/testing/events';
import { eventually } from '@boxoffice/testing/eventually';
import { makeServerFolder } from '@boxoffice/testing/server-folders';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

const find = { binDir: join(inject('dataDir'), 'bin'), log: console.log };
const missing = await findHaproxy(find).then(
  () => null,
  (error: Error) => error.message,
);
if (missing) console.warn(`skipped: ${missing}`);

const folder = makeServerFolder(inject('dataDir'), 'haproxy');
let boxoffice: Boxoffice;
let haproxy: Server;
/** The running services, by their names in HAProxy. */
const services = new Map<string, SpawnedService>();
/** How to restart each of them, on the same ports. */
const recipes = new Map<string, { kind: 'gateway' | 'catalog'; env: Record<string, string> }>();

beforeAll(async () => {
  if (missing) return;
  const ports = { public: await freePort(), internal: await freePort() };
  for (const name of ['gateways-1', 'gateways-2', 'catalogs-1', 'catalogs-2']) {
    const [port, metrics] = [String(await freePort()), String(await freePort())];
    recipes.set(
      name,
      name.startsWith('gateways')
        ? { kind: 'gateway', env: { PORT: port, METRICS_PORT: metrics } }
        : { kind: 'catalog', env: { CATALOG_PORT: port } },
    );
  }
  const addresses = (kind: string) =>
    [...recipes.values()]
      .filter((one) => one.kind === kind)
      .map(({ env }) => `127.0.0.1:${env.PORT ?? env.CATALOG_PORT}`);
  const host = '127.0.0.1';
  const CATALOG_URL = `http://127.0.0.1:${ports.internal}`;
  [haproxy, boxoffice] = await Promise.all([
    startHaproxy({
      ...{ ...find, dataDir: folder },
      listeners: [
        { name: 'gateways', host, port: ports.public, servers: addresses('gateway') },
        { name: 'catalogs', host, port: ports.internal, servers: addresses('catalog') },
      ],
    }),
    startBoxoffice({
      ...{ gateways: 0, workers: 2 },
      env: { ...recipes.get('catalogs-1')?.env, CATALOG_URL, TRUST_PROXY: '1', DRAIN_SECONDS: '2' },
    }),
  ]);
  services.set('catalogs-1', boxoffice.catalog);
  await Promise.all(['catalogs-2', 'gateways-1', 'gateways-2'].map(start));
  await eventually(() => [...recipes.keys()].every((name) => timesUp(name) === timesDown(name)));
});
afterAll(async () => {
  if (missing) return;
  await Promise.all([...services.values()].map((service) => service.stop()));
  await haproxy.stop();
  await boxoffice.stop();
});

async function start(name: string): Promise<void> {
  const recipe = recipes.get(name);
  if (!recipe) throw new Error(name);
  const before = timesUp(name);
  services.set(name, await spawnService(recipe.kind, { ...boxoffice.environment, ...recipe.env }));
  // As in a rolling update: the next one is not stopped before the load balancer uses this one.
  if (timesDown(name) > before) await eventually(() => timesUp(name) > before);
}

const haproxyLog = () => readFileSync(join(folder, 'haproxy.log'), 'utf8');
const times = (name: string, state: string) =>
  haproxyLog().match(new RegExp(`^Server \\S+/${name} is ${state}`, 'gm'))?.length ?? 0;
const timesUp = (name: string) => times(name, 'UP');
const timesDown = (name: string) => times(name, 'DOWN');

async function restart(name: string): Promise<void> {
  expect(await services.get(name)?.stop()).toEqual({ code: 0, signal: null });
  await eventually(() => timesDown(name) > timesUp(name));
  await start(name);
}

/** Clients that read, book and cancel without a pause, and note every response that is not a success or a taken seat. */
function startClients(shows: number[]) {
  const failures: string[] = [];
  let stopped = false;
  let requests = 0;
  const gateway = { url: haproxy.url } as SpawnedService;
  const expectSuccess = async (
    what: string,
    sending: Promise<{ status: number; body: unknown }>,
    also: number[] = [],
  ) => {
    requests++;
    const answer = await sending.catch((error: Error) => ({ status: 0, body: String(error.cause ?? error) }));
    if (answer.status < 200 || (answer.status > 299 && !also.includes(answer.status)))
      failures.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const client = async (user: number) => {
    for (let round = 0; !stopped; round++) {
      const show = shows[(round + user) % shows.length] ?? 0;
      const seat = String(((round * 7 + user * 13) % 100) + 1);
      await expectSuccess('show', boxoffice.call(`/api/shows/${show}/`, { gateway }));
      const wait = round % 2 === 0 ? 10 : 0;
      const booked = await expectSuccess('book', boxoffice.book(show, seat, { user, wait, gateway }), [409]);
      const { id } = booked.body as { id?: string };
      if (booked.status === 409 || !id) continue;
      await expectSuccess('job', boxoffice.call(`/api/jobs/${id}/`, { user, gateway }));
      await expectSuccess('cancel', boxoffice.cancel(id, { user, gateway }), [409, 404]);
      await delay(100);
    }
  };
  const running = [1, 2].map(client);
  return {
    failures,
    get requests() {
      return requests;
    },
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}

/** A viewer who follows a show's seats and resumes with Last-Event-ID, as browsers do. */
function startViewer(show: number) {
  const ids: string[] = [];
  const statuses: number[] = [];
  let current: EventReader | null = null;
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      const last = ids.at(-1);
      current = await readEvents(
        `${haproxy.url}/api/shows/${show}/seats/events/`,
        last ? { 'last-event-id': last } : {},
      );
      statuses.push(current.status);
      await current.ended;
      ids.push(...current.events.flatMap(({ id }) => id ?? []));
    }
  })();
  return {
    statuses,
    async stop() {
      stopped = true;
      current?.close();
      await running;
    },
  };
}

it.skipIf(missing)(
  'restarts every gateway, worker and catalog behind HAProxy under load without a failed request',
  { timeout: 120_000 },
  async () => {
    const shows = await Promise.all(Array.from({ length: 4 }, () => boxoffice.addShow()));
    const clients = startClients(shows);
    const viewer = startViewer(shows[0] ?? 0);
    await eventually(() => viewer.statuses.length > 0);
    const firstPids = new Map([...services].map(([name, { pid }]) => [name, pid]));
    // One process of each kind at a time.
    for (const [index, worker] of boxoffice.workers.entries()) {
      const replaceWorker = async () => {
        await boxoffice.addWorker();
        expect((await worker.stop()).code).toBe(0);
      };
      const restarts = ['gateways', 'catalogs'].map((kind) => restart(`${kind}-${index + 1}`));
      await Promise.all([...restarts, replaceWorker()]);
    }
    expect([...recipes.keys()].every((name) => services.get(name)?.pid !== firstPids.get(name))).toBe(true);
    const before = clients.requests;
    await eventually(() => clients.requests > before + 20, { timeoutMs: 30_000 });
    await Promise.all([clients.stop(), viewer.stop()]);
    expect(clients.failures).toEqual([]);
    expect(new Set(viewer.statuses)).toEqual(new Set([200]));
    expect(viewer.statuses.length).toBeGreaterThan(1);
  },
);
