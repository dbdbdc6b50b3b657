export interface Area {
  /** The files that are mutated. No braces: Stryker separates its patterns by commas. */
  files: string[];
  /** The tests that should notice: fast ones beside the files, because they run for every mutation. */
  tests: string[];
  /** Whether the tests need PostgreSQL and Redis. */
  onServers?: boolean;
}

const worker = 'services/booking-worker/src';
const bookings = 'services/gateway/src/bookings';
const queue = `${bookings}/queue`;
/** The files of the gateway's queue that do not talk to Redis themselves. */
const inMemory = [
  ...['rounds', 'undecided-requests', 'partition-queue', 'envelope-sender'],
  ...['outcome-inbox', 'job-lookup', 'job-watch'],
];
/** Files that talk to Redis. */
const inRedis = [
  ...['booking-queue', 'idempotency-keys', 'partitions'],
  ...['current-partitioning', 'envelope-queues', 'depth-metrics'],
];

const decide: Area = { files: [`${worker}/decide/*.ts`], tests: [`${worker}/decide/*.test.ts`] };

/** The areas that `pnpm mutate` knows, by name. */
export const mutationAreas = {
  decide,
  consumer: { files: [`${worker}/consumer.ts`], tests: [`${worker}/consumer.{protocol,outages}.test.ts`] },
  repeated: { files: [`${bookings}/find-repeated.ts`], tests: [`${bookings}/find-repeated.test.ts`] },
  'queue-in-redis': {
    files: inRedis.map((name) => `${queue}/${name}.ts`),
    tests: [
      `${queue}/booking-queue{,.outcomes,.refusals}.test.ts`,
      `${queue}/{idempotency-keys,partitions,current-partitioning,repartitioning,replica-acks}.test.ts`,
    ],
    onServers: true,
  },
  outcomes: {
    files: [`${bookings}/stored-outcomes.ts`],
    tests: [`${bookings}/stored-outcomes.test.ts`],
    onServers: true,
  },
  commit: { files: [`${worker}/commit-decision.ts`], tests: [`${worker}/commit-decision.test.ts`] },
  turn: { files: [`${worker}/turn.ts`], tests: [`${worker}/turn.batches.test.ts`] },
  leases: {
    files: ['balance', 'fair-share', 'refusals', 'leases'].map((name) => `${worker}/leases/${name}.ts`),
    tests: [`${worker}/leases/{balance,fair-share,refusals.timing,leases.protocol,leases.pauses}.test.ts`],
  },
  queue: {
    files: inMemory.map((name) => `${queue}/${name}.ts`),
    tests: inMemory.map((name) => `${queue}/${name}.test.ts`),
  },
} satisfies Record<string, Area>;

export type MutationArea = keyof typeof mutationAreas;
