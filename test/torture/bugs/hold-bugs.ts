import type { Bug } from './bug.ts';

const worker = 'services/booking-worker/src';

/** Long enough that holds made in it also end in it, in milliseconds. */
const stormMs = 10_000;

/** Bugs about holds and the rules of shows. */
export const holdBugs: readonly Bug[] = [
  {
    name: 'hold-never-ends',
    says: 'a hold that has ended blocks its seats until its row says so',
    edits: [
      {
        file: `${worker}/decide/claims.ts`,
        find: '(expiresAt === null || expiresAt > this.#now)',
        replace: '(expiresAt === null || expiresAt > new Date(0))',
      },
    ],
    faults: 'none',
    stormMs,
    rules: ['holds'],
  },
  {
    name: 'hold-ends-early',
    says: 'whoever asks in the last second of a hold gets its seats',
    edits: [
      {
        file: `${worker}/decide/claims.ts`,
        find: 'expiresAt > this.#now)',
        replace: 'expiresAt.getTime() > this.#now.getTime() + 1_000)',
      },
    ],
    faults: 'none',
    stormMs,
    // The statement that takes the seats looks at the end, too: then the request fails.
    rules: ['holds', 'outcomes'],
  },
  {
    name: 'expiry-ends-bookings',
    says: 'the owner of a partition also ends bookings whose hold was confirmed',
    edits: [
      {
        file: `${worker}/store/end-bookings.ts`,
        find: "where status = 'held' and expires_at <=",
        replace: "where status in ('held', 'booked') and expires_at <=",
      },
    ],
    faults: 'none',
    stormMs,
    rules: ['rows', 'holds', 'committed before spoken'],
  },
  {
    name: 'expiry-off',
    says: 'nobody ends holds whose time is over unless their seats are wanted',
    edits: [{ file: `${worker}/chores.ts`, find: 'this.#loop.start();', replace: '' }],
    faults: 'none',
    stormMs,
    rules: ['holds', 'show rules'],
  },
  {
    name: 'confirm-unchecked',
    says: 'a late confirmation does not look whether the seats are still its own',
    edits: [
      {
        file: `${worker}/decide/seat-ledger.ts`,
        find: "if (status === 'held' && !this.#hasEnded(booking)) return",
        replace: 'if (showId > 0) return',
      },
    ],
    faults: 'none',
    stormMs,
    rules: ['holds', 'one buyer per seat', 'rows', 'outcomes'],
  },
  {
    name: 'replaced-hold-kept',
    says: 'a hold that replaces another keeps it',
    edits: [
      {
        file: `${worker}/decide/seat-ledger.ts`,
        find: "for (const id of released) this.#end(id, 'cancelled', { cancelReason: 'Replaced by another hold' });",
        replace: '',
      },
    ],
    faults: 'none',
    stormMs,
    rules: ['holds'],
  },
  {
    name: 'cancelled-show-sells',
    says: 'decisions do not look whether the show was cancelled',
    edits: [
      {
        file: `${worker}/store/state-rows.ts`,
        find: "isCancelled: row.status === 'cancelled',",
        replace: 'isCancelled: false,',
      },
      {
        file: 'services/gateway/src/bookings/draft-booking.ts',
        find: "if (show.status === 'cancelled')",
        replace: "if (show.status === 'cancelled' && showId < 0)",
      },
    ],
    faults: 'none',
    stormMs,
    rules: ['show rules'],
  },
  {
    name: 'limit-ignores-holds',
    says: 'the limit per user counts bookings, and not what the user holds',
    edits: [
      {
        file: `${worker}/decide/claims.ts`,
        find: 'if (claim.userId === userId && this.#counts(claim, released)) count++;',
        replace: 'if (claim.userId === userId && claim.expiresAt === null && this.#counts(claim, released)) count++;',
      },
    ],
    faults: 'none',
    stormMs,
    rules: ['show rules'],
  },
];
