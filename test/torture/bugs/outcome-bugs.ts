import type { Bug } from './bug.ts';

const worker = 'services/booking-worker/src';
const gateway = 'services/gateway/src/bookings';

/** Makes jobs run again: recording a decision in Redis takes long, and the connection breaks before it is done. */
export const runAgain = 'latency@worker+redis,cut@worker+redis,redis-drop-clients';

/** Bugs about outcomes and keys. */
export const outcomeBugs: readonly Bug[] = [
  {
    name: 'key-ignored',
    says: 'the Idempotency-Key is read, and not used',
    edits: [
      {
        file: `${gateway}/request-key.ts`,
        find: "if (typeof key !== 'string' ||",
        replace: "if (key !== '' ||",
      },
    ],
    faults: 'network',
    rules: ['keys'],
  },
  {
    name: 'outcome-flips',
    says: 'a job that runs again takes its own earlier bookings for those of others',
    edits: [
      {
        file: `${worker}/decide/decide.ts`,
        find: 'log.recordedOutcome(request)',
        replace: "log.recordedOutcome({ ...request, id: '' })",
      },
    ],
    faults: runAgain,
    perSecond: 3,
    rules: ['outcomes', 'rows', 'order'],
  },
  {
    name: 'outcome-not-recorded',
    says: 'rejections, cancellations and keys leave no row',
    edits: [
      {
        file: `${worker}/store/booking-store.ts`,
        find: 'recorded.length > 0 && insertRequests',
        replace: 'recorded.length > 1e9 && insertRequests',
      },
    ],
    faults: 'network',
    rules: ['rows', 'keys', 'outcomes'],
  },
  {
    name: 'wrong-outcome-recorded',
    says: 'a rejection is recorded with another reason than is answered',
    edits: [
      {
        file: `${worker}/store/write-changes.ts`,
        find: 'problem: row.problem,',
        replace: "problem: row.problem && { ...row.problem, code: 'show_not_found' },",
      },
    ],
    faults: 'none',
    rules: ['rows', 'outcomes'],
  },
  {
    name: 'key-given-twice',
    says: 'a retry takes the key over though the first request is under way, which takes a while, and both of them keep it',
    edits: [
      {
        file: `${gateway}/queue/envelope-sender.ts`,
        find: 'this.#onSend(envelopeId);',
        replace: 'this.#onSend(envelopeId); await new Promise((next) => setTimeout(next, 400 * Math.random()));',
      },
      {
        file: `${gateway}/find-repeated.ts`,
        find: 'const queuedWithinMs = 5_000;',
        replace: 'const queuedWithinMs = 0;',
      },
      {
        file: `${worker}/decide/request-log.ts`,
        find: 'const first = key && this.#byKey.get(',
        replace: 'const first = key && new Map<string, RequestRow>().get(',
      },
      {
        file: 'packages/shared/src/database/migrations/0004-requests.ts',
        find: 'create unique index requests_key_hash_key',
        replace: 'create index requests_key_hash_key',
      },
    ],
    faults: 'long-stall,latency@gateway+redis,reordering@gateway+redis',
    perSecond: 3,
    rules: ['keys'],
  },
];
