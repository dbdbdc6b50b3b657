import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { describeConditions } from './conditions.ts';
import { findGenerator } from './load/find-generator.ts';
import { writeTokens } from './load/tokens.ts';
import type { Options } from './options.ts';
import { addBrowseProgramme } from './runs/browse-programme.ts';
import type { Bench } from './runs/run-case.ts';
import { systemsOfSales } from './sales/sale-tasks.ts';
import { startBoxoffice } from './systems/boxoffice.ts';
import type { Cleanup } from './systems/cleanup.ts';
import { startPayments } from './systems/payments.ts';
import { startPeer } from './systems/peer.ts';
import { findPgbench, type Pgbench } from './systems/pgbench.ts';
import { type Servers, startServers } from './systems/servers.ts';
import type { System } from './systems/system.ts';
import { type Case, selectCases } from './workloads/cases.ts';

export interface Environment {
  bench: Bench;
  boxoffice: System;
  pgbench: Pgbench | null;
  cases: Case[];
  conditions: Record<string, string>;
  /** Starts another Boxoffice on its own servers, with a folder of this name; perhaps from another checkout. */
  startInstallation(name: string, start?: typeof startBoxoffice): Promise<System>;
}

/** Starts the servers and all systems that the options need. */
export async function startEnvironment(
  options: Options,
  dataDir: string,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Environment> {
  const [loadBefore = 0] = loadavg();
  const binDir = join(dataDir, 'bin');
  const folder = makeRunFolder(join(dataDir, 'bench'), cleanup);
  const servers = await startServers({ folder, binDir, cleanup, signal });
  const payments = options.only.includes('paid') ? await startPayments(cleanup) : null;
  const boxoffice = await startBoxoffice(servers, cleanup, signal, payments?.env);
  payments?.deliverTo(boxoffice.url);
  const cases = selectCases(options);
  const isComparison = options.against !== null || options.tracing !== null || options.peer !== null;
  const peers = isComparison ? [] : await startPeers(options, cases, servers, cleanup, signal);
  const pgbench = !isComparison && options.only.includes('pgbench') ? await findPgbench(servers, cleanup) : null;
  const generator = await findGenerator();
  const tokensFile = join(folder, 'tokens');
  const tokens = writeTokens(tokensFile, servers.privateKey);
  const browsePaths = await addBrowseProgramme(boxoffice.pool);
  return {
    bench: { generator, systems: [boxoffice, ...peers], tokens, tokensFile, folder, browsePaths, signal },
    boxoffice,
    pgbench,
    cases,
    conditions: {
      ...(await describeConditions(generator.name, pgbench, boxoffice, options)),
      // Other work on the machine affects every figure.
      'load average before': loadBefore.toFixed(1),
    },
    async startInstallation(name, start = startBoxoffice) {
      const {
        postgres,
        redis,
        folder: ownFolder,
      } = await startServers({
        folder: join(folder, name),
        binDir,
        cleanup,
        signal,
      });
      const installation = await start({ ...servers, postgres, redis, folder: ownFolder }, cleanup, signal);
      await addBrowseProgramme(installation.pool);
      return installation;
    },
  };
}

function makeRunFolder(parent: string, cleanup: Cleanup): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(parent, 'run-'));
  cleanup.add(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startPeers(
  { only }: Options,
  cases: readonly Case[],
  servers: Servers,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<System[]> {
  const needed = new Set(cases.flatMap(({ systems }) => systems));
  if (only.includes('open') || only.includes('curve')) needed.add('direct');
  for (const system of systemsOfSales(only)) needed.add(system);
  const peers: System[] = [];
  for (const name of ['direct', 'row lock'] as const) {
    if (needed.has(name)) peers.push(await startPeer(name, servers, cleanup, signal));
  }
  return peers;
}
