import type { ProviderWeather } from '../provider/weather.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import type { FaultKind, Heal } from './fault.ts';

const common = { group: 'provider', targets: ['provider'] } as const;

async function kill({ provider }: World): Promise<Heal> {
  await provider.kill();
  return () => provider.start();
}

function freeze({ provider }: World): Heal {
  provider.signal('SIGSTOP');
  return () => provider.signal('SIGCONT');
}

/** The provider goes on, and treats its callers or its events badly. */
const treating = (name: string, weight: number, weatherOf: (random: Random) => ProviderWeather): FaultKind => ({
  ...common,
  name,
  weight,
  durationMs: [500, 8_000],
  // It can be killed or frozen meanwhile.
  locks: () => [name],
  inflict: (world, _target, random) => world.weather.disturb(weatherOf(random)),
});

export const providerFaults: FaultKind[] = [
  { ...common, name: 'provider-kill', weight: 6, durationMs: [50, 3_000], inflict: kill },
  { ...common, name: 'provider-freeze', weight: 3, durationMs: [100, 9_000], inflict: freeze },
  { ...common, name: 'provider-hiccup', weight: 12, brief: true, durationMs: [100, 500], inflict: freeze },
  treating('provider-slow', 3, (random) => ({ slowMs: random.spread(200, 6_000) })),
  treating('provider-500', 3, (random) => ({ refuse: { status: 500, share: random.spread(0.3, 1) } })),
  treating('provider-429', 3, (random) => ({ refuse: { status: 429, share: random.spread(0.3, 1) } })),
  treating('provider-drops-answers', 6, (random) => ({ drop: random.spread(0.2, 1) })),
  treating('provider-hangs', 3, (random) => ({ hang: random.spread(0.1, 0.6) })),
  treating('events-lost', 4, (random) => ({ lose: random.spread(0.3, 1) })),
  treating('events-repeated', 3, () => ({ repeat: 1 })),
  treating('events-late', 4, (random) => ({ lateMs: random.spread(200, 8_000) })),
];
