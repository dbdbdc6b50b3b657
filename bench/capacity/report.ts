import { formatCount, plainTable } from '../report/table.ts';
import type { CapacityMeasurements } from './measurements.ts';
import { costOf, type Demand, planCapacity, predictedRate } from './plan.ts';

/** The plan for a demand as text: the number of each process, the measurements behind it, and the ceilings. */
export function describePlan(measured: CapacityMeasurements, demand: Demand): string {
  const plan = planCapacity(measured, demand);
  const cost = costOf(measured);
  const { gateways } = plan;
  const micros = (kind: string) => formatCount(cost.cpuMicros[kind] ?? 0);
  const plain = (title: string, headings: string[], rows: string[][], textColumns: number[] = []) =>
    plainTable({ title, headings, rows, textColumns }, (text) => text);
  const rate = formatCount(demand.bookingsPerSecond);
  const needed = plain(
    `${rate} bookings per second and ${formatCount(demand.viewers)} viewers, using ${Math.round(demand.utilisation * 100)} % of each core`,
    ['', 'number', 'CPU µs per booking', ''],
    [
      [
        'gateways',
        String(gateways.total),
        micros('gateway'),
        `${gateways.forBookings} for bookings, ${gateways.forViewers} for viewers; ${gateways.memoryGiB.toFixed(1)} GiB each`,
      ],
      ['booking-workers', String(plan.workers), micros('worker'), `on ${plan.partitions} partitions`],
      ['catalogs', String(plan.catalogs), micros('catalog'), ''],
      ['Redis masters', String(plan.redisMasters), micros('redis'), plan.redisMasters > 1 ? 'a cluster' : 'one server'],
      ['cores of PostgreSQL', String(plan.postgresCores), micros('postgres'), 'one primary'],
    ],
    [3],
  );
  const ceilings = plain(
    'Ceilings, in the order in which they are reached',
    ['', 'bookings per second', 'to go beyond'],
    plan.ceilings.map(({ what, bookingsPerSecond, beyond }) => [what, formatCount(bookingsPerSecond), beyond]),
    [2],
  );
  const points = plain(
    `Measured ${measured.measuredAt.slice(0, 10)} on ${measured.cores} cores: the plan starts from "${cost.name}"`,
    ['', 'gateways', 'workers', 'bound to cores', 'per second', 'expected'],
    measured.points.map((point) => [
      point.name,
      String(point.gateways),
      String(point.workers),
      Object.entries(point.pinned)
        .map(([kind, cores]) => `${kind} ${cores}`)
        .join(', '),
      formatCount(point.rate),
      Object.keys(point.pinned).length > 0 ? '' : formatCount(predictedRate(point, measured.cores)),
    ]),
    [3],
  );
  const conditions = Object.entries(measured.conditions).map(([name, text]) => `${name}: ${text}`);
  return [needed, ceilings, points, conditions.join('\n')].join('\n\n');
}
