import type { Random } from '../random.ts';
import type { Disturbance, Link } from '../world/link.ts';
import { gatewayCount, startedWorkers, type World } from '../world/world.ts';
import type { FaultKind, Heal } from './fault.ts';

const wires = [
  'catalog → postgres',
  ...Array.from({ length: gatewayCount }, (_, index) => [
    `clients → gateway-${index + 1}`,
    `gateway-${index + 1} → catalog`,
    `gateway-${index + 1} → postgres`,
    `gateway-${index + 1} → redis`,
    `gateway-${index + 1} → provider`,
    `provider → gateway-${index + 1}`,
  ]).flat(),
  ...Array.from({ length: startedWorkers }, (_, index) => [
    `worker-${index + 1} → postgres`,
    `worker-${index + 1} → redis`,
  ]).flat(),
];

function linkOf(world: World, name: string): Link {
  const link = world.links.get(name);
  if (!link) throw new Error(`there is no wire ${name}`);
  return link;
}

const silencesGateway = (wire: string) => {
  const number = /^clients → gateway-(\d)$/.exec(wire)?.[1];
  return number === undefined ? [] : [Number(number) - 1];
};

const common = (name: string) => ({
  name,
  group: 'network' as const,
  targets: wires,
  silences: silencesGateway,
  durationMs: [50, 6_000] as const,
  // A wire can be slow, and be cut meanwhile.
  locks: (wire: string) => [`${name} ${wire}`],
});

function disturbing(name: string, weight: number, disturbance: (random: Random) => Disturbance): FaultKind {
  const inflict = (world: World, wire: string, random: Random): Heal =>
    linkOf(world, wire).disturb(disturbance(random));
  return { ...common(name), weight, inflict };
}

export const networkFaults: FaultKind[] = [
  disturbing('latency', 6, (random) => {
    const [baseMs, jitterMs] = [random.spread(2, 200), random.spread(1, 200)];
    return { delayMs: () => baseMs + random.next() * jitterMs };
  }),
  // Each connection is fast or slow for itself, and changes: one overtakes the other, none overtakes itself.
  disturbing('reordering', 6, (random) => {
    const slowMs = random.spread(20, 800);
    return { delayMs: () => (random.chance(0.5) ? random.next() * slowMs : 0) };
  }),
  disturbing('stall', 8, () => ({ stall: true })),
  disturbing('cut', 8, () => ({ cut: true })),
  {
    ...common('reset'),
    weight: 60,
    brief: true,
    durationMs: [10, 20],
    inflict(world, wire) {
      linkOf(world, wire).resetAll();
      return () => undefined;
    },
  },
  disturbing('drip', 3, (random) => ({ bytesPerSecond: random.spread(500, 20_000) })),
  {
    ...common('long-stall'),
    weight: 2,
    // Longer than a request may take from claiming its key to being queued: it arrives when a retry has taken its place.
    durationMs: [5_500, 9_000],
    targets: wires.filter((wire) => /^gateway.*redis$/.test(wire)),
    inflict: (world, wire) => linkOf(world, wire).disturb({ stall: true }),
  },
  {
    ...common('half-open'),
    weight: 5,
    inflict: (world, wire) => linkOf(world, wire).silence(),
  },
  {
    ...common('silent'),
    weight: 3,
    // Long enough to be noticed by a deadline of one's own; nothing else ever tells.
    durationMs: [5_000, 6_000],
    inflict(world, wire) {
      linkOf(world, wire).silence();
      return () => undefined;
    },
  },
];
