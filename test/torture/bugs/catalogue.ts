/**
 * Planted bugs: each breaks one promise, and shows that the campaign would notice. They are replacements
 * in a copy of the tree; there is no switch for them in the product.
 */
import type { Bug } from './bug.ts';
import { holdBugs } from './hold-bugs.ts';
import { moneyBugs } from './money-bugs.ts';
import { outcomeBugs, runAgain } from './outcome-bugs.ts';

const worker = 'services/booking-worker/src';
const gateway = 'services/gateway/src/bookings';
const queueLayout = 'packages/shared/src/queue-layout.ts';

export const bugs: readonly Bug[] = [
  {
    name: 'primary-key-dropped',
    says: 'the table of seat claims has no primary key',
    edits: [
      {
        file: 'packages/shared/src/database/migrations/0001-first-schema.ts',
        find: 'primary key (show_id, seat_number)',
        replace: 'check (seat_number is not null)',
      },
    ],
    faults: 'network',
    rules: ['one buyer per seat'],
  },
  {
    name: 'fence-removed',
    says: 'an owner whose lease is gone goes on: nothing tells it, and no turn and no look at the queue stops it',
    edits: [
      {
        file: `${worker}/leases/leases.ts`,
        find: 'for (const partition of this.held) this.#options.handler.lost(partition);',
        replace: '',
      },
      {
        file: `${worker}/consumer.ts`,
        find: 'return active.length === 1 && active[0] === id;',
        replace: "return active.length > 0 && id !== '';",
      },
      {
        file: `${worker}/store/read-state.ts`,
        find: 'if (row.lost.length > 0) throw',
        replace: 'if (row.lost.length > 1e9) throw',
      },
      {
        file: `${worker}/store/booking-store.ts`,
        find: ') as ordered\n',
        replace: ') as ordered where false\n',
      },
      {
        file: `${worker}/store/booking-store.ts`,
        find: 'if (partitions !== state.partitions) throw',
        replace: 'if (partitions === -1) throw',
      },
    ],
    faults: 'postgres-terminate-some,latency@worker+postgres,reordering@worker+redis',
    perSecond: 8,
    stormMs: 12_000,
    rules: ['order', 'rows', 'outcomes', 'one buyer per seat'],
  },
  {
    name: 'published-before-commit',
    says: 'outcomes are published before their transaction is committed',
    edits: [
      { file: `${worker}/store/booking-store.ts`, find: "        client.query('commit'),\n", replace: '' },
      {
        file: `${worker}/store/booking-store.ts`,
        find: 'client.release(failure);',
        replace: `if (failure) client.release(failure);
      else setTimeout(() => client.query('commit').then(() => client.release(), (error) => client.release(error)), 100);`,
      },
    ],
    faults: 'latency',
    rules: ['committed before spoken', 'rows', 'order'],
  },
  {
    name: 'cancel-without-delete',
    says: 'a cancellation keeps its claims',
    edits: [
      {
        file: `${worker}/store/write-changes.ts`,
        find: "from asked where status in ('cancelled', 'expired')",
        replace: "from asked where status = 'expired'",
      },
    ],
    faults: 'network',
    rules: ['rows', 'order'],
  },
  {
    name: 'taken-twice',
    says: 'every worker takes jobs from every partition, whoever else has one in hand',
    edits: [
      {
        file: `${worker}/consumer.ts`,
        find: 'return active.length === 1 && active[0] === id;',
        replace: "return active.length > 0 && id !== '';",
      },
      {
        file: `${worker}/leases/leases.ts`,
        find: 'if (!rows[0]?.won) return false;',
        replace: 'if (rows.length > 9) return false;',
      },
      {
        file: `${worker}/leases/balance.ts`,
        find: '(partition) => !taken.has(partition) &&',
        replace: '(partition) => (!held.has(partition) || taken.size > 1e9) &&',
      },
      {
        file: `${worker}/leases/balance.ts`,
        find: 'const share = fairShare(partitions, workers, rank);',
        replace: 'const share = Math.max(partitions, fairShare(1, workers, rank));',
      },
    ],
    faults: 'latency,reordering,stall',
    perSecond: 3,
    rules: ['order', 'outcomes', 'one buyer per seat', 'rows'],
  },
  {
    name: 'last-in-first-out',
    says: 'the job that was queued last is decided first',
    edits: [{ file: queueLayout, find: '{ jobId: envelopeId }', replace: '{ jobId: envelopeId, lifo: true }' }],
    faults: 'latency,stall,postgres-freeze',
    rules: ['order'],
  },
  {
    name: 'taken-back-to-the-end',
    says: 'a new owner puts what the one before had in hand behind everything that waits',
    edits: [
      {
        file: 'packages/shared/src/queue-scripts.ts',
        find: "redis.call('rpush', KEYS[2], id)",
        replace: "redis.call('lpush', KEYS[2], id)",
      },
    ],
    faults: 'worker-kill,cut@worker,latency@worker+postgres',
    perSecond: 3,
    rules: ['order'],
  },
  {
    name: 'sweep-off',
    says: 'a gateway does not look for outcomes whose message was lost',
    edits: [{ file: `${gateway}/queue/outcome-inbox.ts`, find: 'void this.#sweep()', replace: 'undefined' }],
    faults: 'redis-drop-subscribers',
    perSecond: 0.4,
    rules: ['waiting', 'healing'],
  },
  {
    name: 'nothing-taken-back',
    says: 'a new owner leaves alone what the one before had in hand',
    edits: [
      {
        file: queueLayout,
        find: "const keys = ['active', 'wait', 'marker']",
        replace: "if (lockMs > 0) return [];\n    const keys = ['active', 'wait', 'marker']",
      },
      {
        file: `${worker}/queue-watch.ts`,
        find: "if (this.#stray.reached(strayAfter, stray)) this.#consumer.onStray(stray ?? '');",
        replace: '',
      },
    ],
    faults: runAgain,
    perSecond: 3,
    rules: ['outcomes'],
  },
  {
    name: 'accepted-before-queued',
    says: 'the 202 leaves before Redis has the job',
    edits: [
      {
        file: `${gateway}/queue/envelope-sender.ts`,
        find: 'const ahead = await (this.#tracing ? traceEnvelope(this.#tracing, { placed, requests, add }) : add(requests));',
        replace: `const ahead = 0;
    void add(requests).catch(() => undefined);`,
      },
    ],
    faults: 'redis-kill,redis-full,cut',
    rules: ['outcomes'],
  },
  {
    name: 'half-a-family',
    says: 'of several seats only the first is claimed',
    edits: [
      {
        file: `${worker}/store/write-changes.ts`,
        find: 'select show_id, unnest(seats), id, $',
        replace: 'select show_id, seats[1], id, $',
      },
    ],
    faults: 'none',
    rules: ['rows', 'one buyer per seat'],
  },
  ...outcomeBugs,
  ...holdBugs,
  ...moneyBugs,
];

export const bugNames = bugs.map(({ name }) => name);
