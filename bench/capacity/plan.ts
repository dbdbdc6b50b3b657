import type { CapacityMeasurements, Kind, Point } from './measurements.ts';

/** The load that an installation must carry. */
export interface Demand {
  bookingsPerSecond: number;
  /** People who watch seat maps at the same time. */
  viewers: number;
  /** Changes of a seat map per second, as its viewers see it. */
  changesPerSecond: number;
  /** The share of a core that a process may use on average, 0 to 1. */
  utilisation: number;
  /** The cores of the largest database server available. */
  postgresCores: number;
}

export interface CapacityPlan {
  gateways: { forBookings: number; forViewers: number; total: number; memoryGiB: number };
  workers: number;
  partitions: number;
  catalogs: number;
  redisMasters: number;
  postgresCores: number;
  ceilings: Ceiling[];
}

/** Where adding processes no longer helps. */
interface Ceiling {
  what: string;
  bookingsPerSecond: number;
  /** How to go beyond it. */
  beyond: string;
}

/** Streams that one gateway may have open (EVENT_STREAM_LIMIT). */
const viewersPerGateway = 10_000;
/** The most partitions an installation may have. */
const partitionLimit = 256;
/** The fewest masters of a Redis Cluster: the others elect the successor of one that fails, by majority. */
const clusterMasters = 3;
/** A gateway's own memory, in bytes, with its caches warm. */
const gatewayBytes = 350 * 2 ** 20;
const microsPerSecond = 1e6;

/** The most expensive of the bookings measured under load, from which a plan starts. */
export function costOf({ points }: CapacityMeasurements): Point {
  const ours = (point: Point) => allButLoad(point);
  const loaded = points.filter(({ name }) => name.includes('waiting'));
  const [worst] = (loaded.length > 0 ? loaded : points).toSorted((one, other) => ours(other) - ours(one));
  if (!worst) throw new Error('nothing has been measured');
  return worst;
}

/** CPU time per booking of everything but the load generator, in microseconds. */
const allButLoad = ({ cpuMicros }: Point): number =>
  Object.entries(cpuMicros).reduce((sum, [kind, micros]) => (kind === 'load' ? sum : sum + micros), 0);

/** Bookings per second that these cores can handle when they do all the work of a booking, including the generator's. */
export const predictedRate = ({ cpuMicros }: Point, cores: number): number =>
  (cores * microsPerSecond) / Object.values(cpuMicros).reduce((sum, micros) => sum + micros, 0);

/** Computes how many processes and cores a demand needs. Each service is one thread, as Redis is. */
export function planCapacity(measured: CapacityMeasurements, demand: Demand): CapacityPlan {
  const { cpuMicros } = costOf(measured);
  const micros = (kind: Kind) => cpuMicros[kind] ?? 0;
  const usable = demand.utilisation * microsPerSecond;
  const coresFor = (kind: Kind) => (demand.bookingsPerSecond * micros(kind)) / usable;
  const atLeast = (least: number, cores: number) => Math.max(least, Math.ceil(cores));

  const forBookings = coresFor('gateway');
  const events = demand.viewers * demand.changesPerSecond;
  const forViewers = Math.max((events * measured.viewing.microsPerEvent) / usable, demand.viewers / viewersPerGateway);
  // At least two of each, so that one may fail.
  const gateways = atLeast(2, forBookings + forViewers);
  const workers = atLeast(2, coresFor('worker'));
  const memory = gatewayBytes + (demand.viewers / gateways) * measured.viewing.bytesPerViewer;
  return {
    gateways: {
      forBookings: Math.ceil(forBookings),
      forViewers: Math.ceil(forViewers),
      total: gateways,
      memoryGiB: memory / 2 ** 30,
    },
    workers,
    // Four for each worker: shares stay even when one is added or fails.
    partitions: Math.min(partitionLimit, Math.max(4, powerOfTwo(workers * 4))),
    catalogs: atLeast(2, coresFor('catalog')),
    redisMasters: coresFor('redis') > 1 ? atLeast(clusterMasters, coresFor('redis')) : 1,
    postgresCores: atLeast(2, coresFor('postgres')),
    ceilings: ceilingsOf(micros, usable, demand),
  };
}

/** In the order in which they are reached. */
function ceilingsOf(micros: (kind: Kind) => number, usable: number, { postgresCores }: Demand): Ceiling[] {
  const ceilings: Ceiling[] = [
    {
      what: 'one show: its partition has one worker',
      bookingsPerSecond: usable / micros('worker'),
      beyond: 'sell it as several shows, such as blocks of the hall; other shows are not affected',
    },
    {
      what: 'one Redis server',
      bookingsPerSecond: usable / micros('redis'),
      beyond: 'Redis Cluster (redis+cluster://): partitions are spread over its masters',
    },
    {
      what: `one PostgreSQL primary with ${postgresCores} cores`,
      bookingsPerSecond: (postgresCores * usable) / micros('postgres'),
      beyond: 'partition booking.* by show; then several installations, each with some of the shows',
    },
    {
      what: `${partitionLimit} partitions, one worker each`,
      bookingsPerSecond: (partitionLimit * usable) / micros('worker'),
      beyond: 'several installations behind one address, each with some of the shows',
    },
  ];
  return ceilings.toSorted((one, other) => one.bookingsPerSecond - other.bookingsPerSecond);
}

const powerOfTwo = (least: number): number => 2 ** Math.ceil(Math.log2(least));
