import type { Violation } from '../checker/history.ts';
import { now } from '../clients/now.ts';
import type { FaultLog } from '../faults/fault-log.ts';
import type { World } from './world.ts';

const everyMs = 500;

/**
 * Restarts services that exited unexpectedly, as a process supervisor would. Each exit is a
 * violation; `violations` returns those since the last call.
 */
export function superviseAll(world: World, log: FaultLog): { violations(): Violation[]; stop(): void } {
  const reported = new Map<string, number>();
  const found: Violation[] = [];
  const timer = setInterval(() => {
    for (const service of world.services) {
      const known = reported.get(service.name) ?? 0;
      if (service.crashes.length <= known) continue;
      reported.set(service.name, service.crashes.length);
      const faults = log.active.map(({ kind, target }) => `${kind} of ${target}`).join(', ') || 'no fault';
      found.push({ rule: 'processes', text: `${service.name} ${service.crashes.at(-1)} during ${faults}`, at: now() });
      void service.start();
    }
  }, everyMs);
  return { violations: () => found.splice(0), stop: () => clearInterval(timer) };
}
