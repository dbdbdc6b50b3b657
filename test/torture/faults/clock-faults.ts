import { clockObstacle } from '../world/clock.ts';
import { gatewayCount, startedWorkers } from '../world/world.ts';
import type { FaultKind } from './fault.ts';

const services = [
  ...Array.from({ length: gatewayCount }, (_, index) => `gateway-${index + 1}`),
  ...Array.from({ length: startedWorkers }, (_, index) => `worker-${index + 1}`),
];

export const clockFaults: FaultKind[] = [
  {
    name: 'clock-jump',
    group: 'clock',
    weight: 4,
    durationMs: [1_000, 8_000],
    targets: services.map((service) => `clock of ${service}`),
    obstacle: () => clockObstacle,
    inflict(world, target, random) {
      const clock = world.clocks.get(target.slice('clock of '.length));
      const seconds = Math.round(random.spread(1, 600));
      clock?.set(random.chance(0.5) ? seconds : -seconds);
      return () => clock?.set(0);
    },
  },
];
