import type { ServiceProcess } from '../world/service-process.ts';
import { gatewayCount, startedWorkers, type World, workerCount } from '../world/world.ts';
import type { FaultKind, Heal } from './fault.ts';

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
const gateways = numbered('gateway', gatewayCount);
const workers = numbered('worker', startedWorkers);

/** The service of this name. */
function serviceOf(world: World, name: string): ServiceProcess {
  const found = world.services.find((service) => service.name === name);
  if (!found) throw new Error(`there is no service ${name}`);
  return found;
}

const silencesGateway = (target: string) => (target.startsWith('gateway-') ? [Number(target.slice(8)) - 1] : []);

async function kill(world: World, target: string): Promise<Heal> {
  const service = serviceOf(world, target);
  await service.kill();
  return () => service.start();
}

async function stop(world: World, target: string): Promise<Heal> {
  const service = serviceOf(world, target);
  await service.stop();
  return () => service.start();
}

function freeze(world: World, target: string): Heal {
  const service = serviceOf(world, target);
  service.signal('SIGSTOP');
  return () => service.signal('SIGCONT');
}

/** Runs this many workers for a while. */
async function scale(world: World, target: string): Promise<Heal> {
  const wanted = Number(target.slice(-1));
  const bringTo = (count: number) =>
    Promise.all(world.workers.map((worker, index) => (index < count ? worker.start() : worker.stop())));
  await bringTo(wanted);
  return async () => void (await bringTo(startedWorkers));
}

const ofServices = [
  { service: 'gateway', targets: gateways, weight: 2 },
  { service: 'worker', targets: workers, weight: 4 },
  { service: 'catalog', targets: ['catalog'], weight: 1 },
];

export const processFaults: FaultKind[] = [
  ...ofServices.flatMap(({ service, targets, weight }): FaultKind[] => {
    const common = { group: 'process', targets, weight, silences: silencesGateway } as const;
    return [
      { ...common, name: `${service}-kill`, durationMs: [50, 1_500], inflict: kill },
      { ...common, name: `${service}-freeze`, durationMs: [100, 9_000], inflict: freeze },
      // Long enough for others to take its place.
      { ...common, name: `${service}-long-freeze`, weight: weight / 2, durationMs: [3_500, 20_000], inflict: freeze },
      {
        ...common,
        name: `${service}-hiccup`,
        weight: weight * 6,
        brief: true,
        durationMs: [100, 500],
        inflict: freeze,
      },
      { ...common, name: `${service}-stop`, weight: weight / 2, durationMs: [50, 1_000], inflict: stop },
    ];
  }),
  {
    name: 'workers-scale',
    group: 'process',
    weight: 1,
    durationMs: [1_000, 6_000],
    targets: Array.from({ length: workerCount }, (_, index) => `workers to ${index + 1}`).filter(
      (_, index) => index + 1 !== startedWorkers,
    ),
    locks: () => numbered('worker', workerCount),
    inflict: scale,
  },
];
