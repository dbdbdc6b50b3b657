import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from '@boxoffice/shared/service/config';
import { startEnvironment } from '../environment.ts';
import type { Generator } from '../load/generator.ts';
import type { LoadResult } from '../load/load.ts';
import { readOptions } from '../options.ts';
import { cellName } from '../report/table.ts';
import { type Bench, firstWarmUpSeconds, runCase, warmUp } from '../runs/run-case.ts';
import { startBoxoffice } from '../systems/boxoffice.ts';
import type { Cleanup } from '../systems/cleanup.ts';
import type { System } from '../systems/system.ts';
import type { Case } from '../workloads/cases.ts';
import { byKind, type CapacityMeasurements, type Point } from './measurements.ts';
import { type Pins, pin } from './pin.ts';
import { measureViewing } from './viewers.ts';

export interface MeasureOptions {
  gateways: number;
  workers: number;
  pins: Pins;
  seconds: number;
  connections: number;
  viewers: number;
}

const workloads = [
  ['hot', 'wait'],
  ['spread', 'wait'],
  ['spread', '202'],
] as const;

/** Measures the CPU time of a booking, by process, and of sending an event to a viewer. */
export async function measureCapacity(
  options: MeasureOptions,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<CapacityMeasurements & { problems: string[] }> {
  const { gateways, workers, pins, connections, seconds } = options;
  const only = readOptions(['--only', 'hot', '--tracing', '0']); // no other designs
  if (!only) throw new Error('no options');
  const environment = await startEnvironment(only, resolve(loadConfig().DATA_DIR), cleanup, signal);
  const env = { EVENT_STREAM_LIMIT_PER_ADDRESS: String(options.viewers + 1) };
  const system = await environment.startInstallation('capacity', (servers) =>
    startBoxoffice(servers, cleanup, signal, env, { gateways, workers }),
  );
  pin(system.processes, pins);
  const bench: Bench = { ...environment.bench, generator: toEveryGateway(environment.bench.generator, system) };
  const points: Point[] = [];
  const problems: string[] = [];
  // Here each show is sold through one gateway, so that no seat is requested twice.
  for (const [workload, mode] of workloads.filter(([name]) => gateways === 1 || name !== 'hot')) {
    const run: Case = { workload, mode, connections, systems: ['boxoffice'] };
    console.error(`${cellName(run)} …`);
    await warmUp(bench, system, { run, seconds: firstWarmUpSeconds });
    const { rate, latencyMs, cpuMicros, problems: found } = await runCase(bench, system, run, seconds);
    points.push({
      name: `${cellName(run)} connections`,
      ...{ gateways, workers, pinned: pins, rate, p99Ms: latencyMs.p99, cpuMicros: byKind(cpuMicros) },
    });
    problems.push(...found);
  }
  console.error(`${options.viewers} viewers …`);
  const viewing = await measureViewing(bench, system, options.viewers, seconds);
  const { conditions } = environment;
  return {
    measuredAt: new Date().toISOString(),
    ...{ conditions, cores: cpus().length, points, viewing, problems },
  };
}

/** One generator per gateway, with its own shows: a load balancer would use CPU time that is not a gateway's. */
function toEveryGateway(generator: Generator, { urls = [] }: System): Generator {
  if (urls.length < 2) return generator;
  return {
    ...generator,
    name: `${urls.length} × ${generator.name}`,
    async run({ plan, connections, folder, ...options }) {
      const results = await Promise.all(
        urls.map((url, index) => {
          const own = join(folder, `generator-${index}`);
          mkdirSync(own, { recursive: true });
          const mine = plan.kind === 'book' ? { ...plan, shows: share(plan.shows, index, urls.length) } : plan;
          const size = { connections: Math.ceil(connections / urls.length), folder: own };
          return generator.run({ ...options, ...size, url, plan: mine });
        }),
      );
      return results.reduce(addResults);
    },
  };
}

/** Every nth show. */
function share(shows: number[], index: number, of: number): number[] {
  return shows.filter((_, position) => position % of === index);
}

function addResults(one: LoadResult, other: LoadResult): LoadResult {
  const worst = (figure: keyof LoadResult['latencyMs']) => Math.max(one.latencyMs[figure], other.latencyMs[figure]);
  return {
    responses: one.responses + other.responses,
    refusals: one.refusals + other.refusals,
    failures: one.failures + other.failures,
    seconds: Math.max(one.seconds, other.seconds),
    latencyMs: { p50: worst('p50'), p99: worst('p99'), p999: worst('p999'), max: worst('max') },
  };
}
