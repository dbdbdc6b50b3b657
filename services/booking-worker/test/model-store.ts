import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import type { Decision, RequestRow, State } from '../src/decide/state.ts';
import type { Lease } from '../src/leases/leases.ts';
import type { Batch } from '../src/store/batch.ts';
import type { BookingStore } from '../src/store/booking-store.ts';
import { ModelDatabase } from './model-database.ts';

/** One call of the store. */
interface Attempt {
  call: 'decide' | 'read' | 'fail';
  /** The ids of the requests concerned. */
  ids: string[];
  leases: readonly Lease[];
}

/** A store in memory that fails or takes its time, as the test determines. */
export class ModelStore {
  readonly database = new ModelDatabase();
  readonly attempts: Attempt[] = [];
  readonly failures: RequestRow[] = [];
  /** Called with each attempt before it does anything; may throw. */
  onAttempt: (attempt: Attempt) => void | Promise<void> = () => undefined;

  /** As the worker sees it. */
  get store(): BookingStore {
    return this as unknown as BookingStore;
  }

  async decideAndCommit(batch: Batch, decide: (state: State) => Decision): Promise<Outcome[]> {
    await this.#attempt('decide', batch);
    const { outcomes, changes } = decide(this.database.read(batch.requests));
    this.database.write(changes);
    return outcomes;
  }

  async read(batch: Batch): Promise<State> {
    await this.#attempt('read', batch);
    return this.database.read(batch.requests);
  }

  async commitFailure(failed: RequestRow, lease: Lease): Promise<void> {
    await this.#attempt('fail', { requests: [failed], leases: [lease] });
    this.failures.push(failed);
  }

  async #attempt(
    call: Attempt['call'],
    { requests, leases }: { requests: readonly Pick<BookingRequest, 'id'>[]; leases: readonly Lease[] },
  ): Promise<void> {
    const attempt = { call, ids: requests.map(({ id }) => id), leases };
    this.attempts.push(attempt);
    await this.onAttempt(attempt);
  }
}

/** An error as PostgreSQL reports it. */
export const sqlError = (code: string): Error => Object.assign(new Error(`error ${code}`), { code });
