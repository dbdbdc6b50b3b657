/**
 * `pnpm start`: the whole of Boxoffice on one machine. PostgreSQL and Redis (unless DATABASE_URL and
 * REDIS_URL name others), migrations, sample data, catalog, gateway and booking-workers. Everything
 * it starts stops with it.
 */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { explain, PlainError } from '@boxoffice/local-servers/plain-error';
import { startPostgres } from '@boxoffice/local-servers/postgres';
import { ended, runsIn, signalAll } from '@boxoffice/local-servers/processes';
import { startRedis } from '@boxoffice/local-servers/redis';
import { isStart, type Running, readNote, removeNote, startTitle, writeNote } from '@boxoffice/local-servers/running';
import type { Server } from '@boxoffice/local-servers/server';
import { type Config, loadConfig } from '@boxoffice/shared/service/config';
import { buildPages } from './build.ts';
import { bringUpToDate } from './migrate.ts';
import { seed } from './seed.ts';
import { keepPnpm, watchLaunchers } from './start/launchers.ts';
import { createOutput, type Output } from './start/output.ts';
import { findPorts, type Ports } from './start/ports.ts';
import { folderOf, keepRunning, type Service, type ServiceRecipe } from './start/service.ts';
import { summary } from './start/summary.ts';

const modules = resolve(import.meta.dirname, '../node_modules');

process.title = startTitle;
process.exit(await main());

/** Gives the exit code: 0 when it was asked to stop. */
async function main(): Promise<number> {
  // Ctrl-C under npx arrives twice; aborting twice is once.
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  const started: Started = { services: [], servers: [] };
  let output = createOutput(false);
  let config: Config | undefined;
  let exitCode = 0;
  try {
    config = loadConfig();
    output = createOutput(config.NODE_ENV === 'production');
    refuseSecondStart(config);
    keepPnpm(join(modules, '.bin'));
    watchLaunchers((name) => {
      output.line(`${name}, which started this, is gone.`);
      stopping.abort();
    });
    await bringUp(config, output, started, stopping.signal);
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  } catch (error) {
    if (!stopping.signal.aborted) {
      output.line(`${output.paint('red', '✗')} ${explain(error)}`);
      exitCode = 1;
      stopping.abort();
    }
  }
  await bringDown(output, started);
  if (config && started.note) removeNote(config);
  return exitCode;
}

/** What has to be stopped, in the order in which it was started. */
interface Started {
  note?: Running;
  servers: { name: string; stop(): Promise<void> }[];
  services: Service[];
}

async function bringUp(config: Config, output: Output, started: Started, signal: AbortSignal): Promise<void> {
  await stopLeftOvers(config, output);
  const ports = await findPorts(config);
  const gatewayUrl = `http://localhost:${ports.gateway}`;
  const note: Running = { pid: process.pid, gatewayUrl, services: [] };
  started.note = note;
  writeNote(config, note);

  // Beside what follows: the first time it takes some seconds.
  const pages = buildPages();
  pages.catch(() => {});
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const servers = [
    bringDatabase(config, output, started, either),
    bringRedis(config, output, started, either),
  ] as const;
  // When one fails, the other gives up for the same reason. What it has brought by then is there to be stopped.
  for (const server of servers) server.catch((error) => failure.abort(error));
  await Promise.allSettled(servers);
  [note.databaseUrl, note.redisUrl] = await Promise.all(servers);
  signal.throwIfAborted();
  writeNote(config, note);

  await output.step(
    'pages',
    () => pages,
    (result) => `pages: ${result === 'unavailable' ? 'left as they are, as the bundler is not installed' : result}`,
  );
  signal.throwIfAborted();

  const recipes = serviceRecipes(config, ports, note, output);
  started.services = recipes.map(keepRunning);
  await Promise.all(
    recipes.map((recipe, i) => output.step(`${recipe.name} is ready`, async () => started.services[i]?.ready(signal))),
  );
  output.line(summary({ gatewayUrl, paint: output.paint, sampleData: config.NODE_ENV !== 'production' }));
}

/** Services first, so that they can finish what they have begun; then what they stand on. */
async function bringDown(output: Output, { services, servers }: Started): Promise<void> {
  if (services.length + servers.length === 0) return;
  output.line('stopping …');
  await Promise.all(services.map((service) => service.stop()));
  for (const server of servers.toReversed()) {
    await server.stop().catch((error) => output.line(`${server.name}: ${explain(error)}`));
  }
  output.line('Boxoffice has stopped.');
}

/** PostgreSQL, with its tables as they are to be, and sample data. */
async function bringDatabase(config: Config, output: Output, started: Started, signal: AbortSignal): Promise<string> {
  const url = await bringPostgres(config, output, started, signal);
  signal.throwIfAborted();
  await output.step(
    'migrations',
    () => bringUpToDate(url),
    (names) => `migrations: ${names.length ? names.join(', ') : 'up to date'}`,
  );
  // Production has no demo users; `pnpm seed` and `pnpm createsuperuser` are for whoever wants them there.
  if (config.NODE_ENV !== 'production') {
    await output.step(
      'sample data',
      () => seed(url),
      ({ loaded }) => `sample data: ${loaded ? 'loaded' : 'already there'}`,
    );
  }
  return url;
}

async function bringPostgres(config: Config, output: Output, started: Started, signal: AbortSignal): Promise<string> {
  if (config.DATABASE_URL) return config.DATABASE_URL;
  const dataDir = join(resolve(config.DATA_DIR), 'postgres');
  const server = await output.step(
    'PostgreSQL',
    () => startPostgres({ dataDir }),
    ({ port }) => `PostgreSQL on port ${port}`,
  );
  started.servers.push(keepServerRunning(server, output, signal));
  return server.url;
}

async function bringRedis(config: Config, output: Output, started: Started, signal: AbortSignal): Promise<string> {
  if (config.REDIS_URL) return config.REDIS_URL;
  const home = resolve(config.DATA_DIR);
  const options = { dataDir: join(home, 'redis'), binDir: join(home, 'bin'), log: output.line, signal };
  const server = await output.step(
    'Redis',
    () => startRedis(options),
    ({ port }) => `Redis on port ${port}`,
  );
  started.servers.push(keepServerRunning(server, output, signal));
  return server.url;
}

/** Starts a server again when it dies. */
function keepServerRunning(server: Server, output: Output, stopping: AbortSignal): Started['servers'][number] {
  let revival = Promise.resolve();
  const revive = async (cause: string) => {
    output.line(output.paint('red', `${server.name} died (${cause}); starting it again`));
    for (let pauseMs = 500; !stopping.aborted; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      await delay(pauseMs, undefined, { signal: stopping }).catch(() => {});
      if (stopping.aborted) return;
      try {
        await server.restart();
        return output.line(output.paint('green', `${server.name} is back`));
      } catch (error) {
        output.line(explain(error));
      }
    }
  };
  server.onDeath((cause) => {
    revival = revive(cause);
  });
  return {
    name: server.name,
    async stop() {
      await revival;
      await server.stop();
    },
  };
}

function serviceRecipes(config: Config, ports: Ports, note: Running, output: Output): ServiceRecipe[] {
  const everywhere = {
    NODE_ENV: config.NODE_ENV,
    DATA_DIR: resolve(config.DATA_DIR),
    // What Node.js has compiled once it loads at the next start.
    NODE_COMPILE_CACHE: join(modules, '.cache/node'),
    DATABASE_URL: note.databaseUrl ?? '',
    REDIS_URL: note.redisUrl ?? '',
    PORT: String(ports.gateway),
    CATALOG_PORT: String(ports.catalog),
  };
  const recipe = (name: string, kind: ServiceRecipe['kind'], colour: 'cyan' | 'magenta' | 'yellow', port: number) => ({
    name,
    kind,
    env: { ...everywhere, ...(kind === 'booking-worker' && { WORKER_PORT: String(port) }) },
    healthUrl: `http://${reachable(config.HOST)}:${port}/readyz`,
    onLine: (line: string) => output.log(name, colour, line),
    onDeath: (text: string) => output.line(output.paint('red', text)),
    onStart(pid: number) {
      note.services = [...note.services.filter((service) => service.name !== name), { name, kind, pid }];
      writeNote(config, note);
    },
  });
  return [
    recipe('catalog', 'catalog', 'magenta', ports.catalog),
    ...ports.workers.map((port, i) =>
      recipe(ports.workers.length > 1 ? `worker ${i + 1}` : 'worker', 'booking-worker', 'yellow', port),
    ),
    recipe('gateway', 'gateway', 'cyan', ports.gateway),
  ];
}

/** Listening on every address is not an address to call. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** @throws {PlainError} when another start works on the same data */
function refuseSecondStart(config: Config): void {
  const note = readNote(config);
  if (!note || note.pid === process.pid || !isStart(note.pid)) return;
  throw new PlainError(
    `Boxoffice is already running (pid ${note.pid}) at ${note.gatewayUrl}: stop it with Ctrl-C there, or \`kill ${note.pid}\`.`,
  );
}

/** A start that was killed leaves its services behind (its servers are taken over where they are started). */
async function stopLeftOvers(config: Config, output: Output): Promise<void> {
  const left = (readNote(config)?.services ?? []).filter(({ pid, kind }) => runsIn(pid, folderOf(kind)));
  if (left.length === 0) return;
  output.line(`stopping what an earlier start left running: ${left.map(({ name }) => name).join(', ')}`);
  for (const { pid } of left) {
    signalAll([pid], 'SIGTERM');
    if (!(await ended(pid, 10_000))) signalAll([pid], 'SIGKILL');
  }
}
