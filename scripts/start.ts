/**
 * `pnpm start`: all of Boxoffice on one machine. PostgreSQL and Redis (unless DATABASE_URL and REDIS_URL name
 * others), migrations, sample data, catalog, gateway and booking-workers. Everything it starts stops with it.
 */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { explain } from '@boxoffice/local-servers/plain-error';
import { type Running, removeNote, startTitle, writeNote } from '@boxoffice/local-servers/running';
import { type Config, loadConfig } from '@boxoffice/shared/service/config';
import { reachable } from '@boxoffice/shared/service/reachable';
import { buildPages } from './build.ts';
import { isSampleDataEnabled } from './seed.ts';
import { refuseSecondStart, stopLeftOvers } from './start/earlier-start.ts';
import { keepPnpm, watchLaunchers } from './start/launchers.ts';
import { createOutput, type Output } from './start/output.ts';
import { findPorts } from './start/ports.ts';
import { serviceRecipes } from './start/recipes.ts';
import { type KeptServer, prepareDatabase, prepareLoadBalancer, prepareRedis } from './start/servers.ts';
import { keepRunning, type Service } from './start/service.ts';
import { summary } from './start/summary.ts';

const modules = resolve(import.meta.dirname, '../node_modules');

process.title = startTitle;
process.exit(await main());

/** @returns the exit code: 0 when it was asked to stop */
async function main(): Promise<number> {
  // Under npx, Ctrl-C arrives twice. The second abort does nothing.
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
      output.line(`${name}, which started this, has died.`);
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

/** Everything that has to be stopped, in the order in which it was started. */
interface Started {
  note?: Running;
  servers: KeptServer[];
  services: Service[];
}

async function bringUp(config: Config, output: Output, started: Started, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  await stopLeftOvers(config, output);
  const ports = await findPorts(config);
  const gatewayUrl = `http://localhost:${ports.gateway}`;
  const note: Running = { pid: process.pid, gatewayUrl, services: [] };
  started.note = note;
  writeNote(config, note);

  // In parallel with what follows: the first build takes some seconds.
  const pages = buildPages();
  pages.catch(() => {});
  Object.assign(note, await prepareServers(config, output, started, signal));
  await prepareLoadBalancer({ config, output, servers: started.servers, signal }, ports);
  signal.throwIfAborted();
  writeNote(config, note);

  await output.step(
    'web pages',
    () => pages,
    (result) => `web pages: ${result === 'unavailable' ? 'not rebuilt, as the bundler is not installed' : result}`,
  );
  signal.throwIfAborted();

  const recipes = serviceRecipes(config, { ports, note, output, compileCache: join(modules, '.cache/node') });
  started.services = recipes.map(keepRunning);
  await Promise.all(
    recipes.map((recipe, i) => output.step(`${recipe.name} is ready`, async () => started.services[i]?.ready(signal))),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const { NODE_ENV } = config;
  const metricsUrl = `http://${reachable(config.INTERNAL_HOST)}:${ports.gateways[0].metrics}/metrics`;
  output.line(
    summary({
      gatewayUrl,
      metricsUrl,
      seconds,
      paint: output.paint,
      NODE_ENV,
      sampleData: isSampleDataEnabled(config),
    }),
  );
}

/** @returns the URLs of PostgreSQL, for us and for each service, and of Redis */
async function prepareServers(
  config: Config,
  output: Output,
  { servers }: Started,
  signal: AbortSignal,
): Promise<Required<Pick<Running, 'databaseUrl' | 'serviceUrls' | 'redisUrl'>>> {
  const failure = new AbortController();
  const options = { config, output, servers, signal: AbortSignal.any([signal, failure.signal]) };
  const both = [prepareDatabase(options), prepareRedis(options)] as const;
  // When one fails, the other gives up for the same reason; both must have finished before anything is stopped.
  for (const one of both) one.catch((error) => failure.abort(error));
  await Promise.allSettled(both);
  const [{ url, serviceUrls }, redisUrl] = await Promise.all(both);
  return { databaseUrl: url, serviceUrls, redisUrl };
}

/** Stops the services first, so that they can finish what they have begun, and then the servers they need. */
async function bringDown(output: Output, { services, servers }: Started): Promise<void> {
  if (services.length + servers.length === 0) return;
  output.line('stopping …');
  await Promise.all(services.map((service) => service.stop()));
  for (const server of servers.toReversed()) {
    await server.stop().catch((error) => output.line(`${server.name}: ${explain(error)}`));
  }
  output.line('Boxoffice has stopped.');
}
