import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { showLockClass } from '@boxoffice/shared/database/show-lock';
import { turnLockClass } from '@boxoffice/shared/partition';
import { advancePartitioning, type Partitioning, partitioningSql } from '@boxoffice/shared/partitioning';
import type { PoolClient } from 'pg';
import type { Decision, RequestRow, State } from '../decide/state.ts';
import type { Lease } from '../leases/leases.ts';
import type { Batch } from './batch.ts';
import { type Ended, type EndQuery, endBookings, findDue } from './end-bookings.ts';
import { PartitionCountChanged } from './errors.ts';
import { Layouts } from './layouts.ts';
import { deleteFromOutbox, insertOutbox, type OutboxRow, readOutbox } from './outbox.ts';
import { checkLeases, checkPartitionCount, readState } from './read-state.ts';
import { sortedUnique } from './sorted-unique.ts';
import { insertVerdicts, readVerdicts } from './verdicts.ts';
import {
  insertAuditLines,
  insertBookings,
  insertClaims,
  insertFailure,
  insertRequests,
  updateBookings,
} from './write-changes.ts';

/**
 * A worker looks everything up by key. We tell PostgreSQL so, because it may plan a statement while the
 * tables are small and a full scan is cheap, and keep that plan while they grow.
 */
export const turnSettings = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' };

/**
 * The booking schema as a turn needs it: set-based statements, each with its rows in one JSON parameter,
 * so that a turn of a thousand requests makes as many round trips as a turn of one: two, unless it
 * changes existing bookings or needs a layout for the first time. They run on the ORM's connections, but as
 * prepared statements, which the ORM lacks: planning them took longer than running them.
 */
export class BookingStore {
  readonly #orm: MikroORM;
  readonly #layouts = new Layouts();
  readonly #onOutbox: () => void;

  /** @param options.onOutbox called when rows have been committed to the outbox */
  constructor(orm: MikroORM, { onOutbox = () => {} }: { onOutbox?: () => void } = {}) {
    this.#orm = orm;
    this.#onOutbox = onOutbox;
  }

  /**
   * Reads the state that a batch needs, has it decided, and writes the changes: one transaction, which
   * begins and ends here. The primary key of seat_claims decides about every seat.
   *
   * @returns the outcomes, once they are committed
   * @throws {LeaseLost} when one of the leases is no longer held
   * @throws {DecisionConflict} when a booking to be changed has changed since it was read
   * @throws {PartitionCountChanged} when the shows moved to other partitions while it waited for their locks
   * @throws a unique violation when a seat or a booking already exists; and whatever `decide` throws
   */
  async decideAndCommit(batch: Batch, decide: (state: State) => Decision | Promise<Decision>): Promise<Outcome[]> {
    return this.#withClient(async (client) => {
      // Sent together: one round trip.
      const [partitions, state] = await Promise.all([begin(client, batch), readState(client, batch)]);
      if (partitions !== state.partitions) throw new PartitionCountChanged(partitions, state.partitions);
      await this.#layouts.addTo(client, state.shows.values());
      const verdictsBefore = await readVerdicts(client, batch.requests);
      const { outcomes, changes } = await decide({ ...state, verdicts: verdictsBefore });
      const { made, changed, recorded, audited, verdicts, outbox } = changes;
      if (changed.length > 0) await updateBookings(client, changed);
      const confirmedLate = changed.filter(({ row, from }) => from === 'expired' && row.status === 'booked');
      // Sent together as well: if a statement fails, this commit rolls back.
      await Promise.all([
        made.length > 0 && insertBookings(client, made),
        confirmedLate.length > 0 &&
          insertClaims(
            client,
            confirmedLate.map(({ row }) => row),
          ),
        recorded.length > 0 && insertRequests(client, recorded, state.now),
        audited.length > 0 && insertAuditLines(client, audited, state.now),
        verdicts.length > 0 && insertVerdicts(client, verdicts, state.now),
        outbox.length > 0 && insertOutbox(client, outbox),
        client.query('commit'),
      ]);
      if (outbox.length > 0) this.#onOutbox();
      return outcomes;
    });
  }

  /**
   * Reads the state that a batch needs, once no earlier run of it can commit any more.
   *
   * @throws {LeaseLost} when one of the leases is no longer held
   */
  async read(batch: Batch): Promise<State> {
    return this.#withClient(async (client) => {
      const [, state] = await Promise.all([begin(client, batch), readState(client, batch), client.query('commit')]);
      return { ...state, verdicts: [] }; // outcomes that are recorded need none
    });
  }

  /**
   * Records that a request failed, unless an outcome of it is recorded already. Reads nothing about it, because
   * that may be what fails.
   *
   * @throws {LeaseLost} when the lease is no longer held
   */
  async commitFailure(failed: RequestRow, lease: Lease): Promise<void> {
    await this.#withClient(async (client) => {
      const batch = { requests: [], leases: [lease] };
      const [, state] = await Promise.all([begin(client, batch), readState(client, batch)]);
      await insertFailure(client, failed, state.now);
      await client.query('commit');
    });
  }

  /**
   * Expires holds and cancels the bookings of cancelled shows, in one small transaction.
   *
   * @returns also `nextInMs`, the time after which there may be more to end; null when nothing was ended and no hold
   *   ends within a second
   * @throws {LeaseLost} when one of the leases is no longer held
   * @throws {PartitionCountChanged} when the number of partitions is no longer this one
   */
  async endBookings(
    leases: readonly Lease[],
    search: Omit<EndQuery, 'partitions'>,
  ): Promise<Ended & { nextInMs: number | null }> {
    const query = { ...search, partitions: leases.map((lease) => lease.partition) };
    return this.#withClient(async (client) => {
      const { isAnythingOver, nextInMs } = await findDue(client, query);
      if (!isAnythingOver) return { shows: [], ended: 0, mayHaveMore: false, nextInMs };
      await Promise.all([
        begin(client, { requests: [], leases }),
        checkLeases(client, leases),
        checkPartitionCount(client, query.partitionCount),
      ]);
      const [ended] = await Promise.all([endBookings(client, query), client.query('commit')]);
      this.#onOutbox(); // some of them may have been paid
      return { ...ended, nextInMs: 0 };
    });
  }

  /** The oldest rows of the outbox of these partitions, in order. */
  readOutbox(query: Parameters<typeof readOutbox>[1]): Promise<OutboxRow[]> {
    return this.#withClient((client) => readOutbox(client, query));
  }

  /** Removes rows from the outbox whose jobs are in their queues. */
  deleteFromOutbox(rows: readonly OutboxRow[]): Promise<void> {
    return this.#withClient((client) => deleteFromOutbox(client, rows));
  }

  /** Adds a generation unless another has been added. Returns whether it did. */
  advancePartitioning(from: Partitioning, to: Partitioning): Promise<boolean> {
    return this.#withClient((client) => advancePartitioning(client, from, to));
  }

  /** Removes up to `limit` outcomes of requests whose ids come before this one. Returns how many it removed. */
  async removeOutcomesBefore(id: string, limit: number): Promise<number> {
    return this.#withClient(async (client) => (await client.query(removeSql, [id, limit])).rowCount ?? 0);
  }

  async #withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const pool = await this.#orm.em.getConnection().getNativeClient();
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      // Failures are rare, and the connection itself may have failed: it is closed, which rolls back.
      client.release(failure);
    }
  }
}

const removeSql = `
  delete from booking.requests using (
      select show_id, id from booking.requests
      where id < $1 and decided_at < transaction_timestamp() - interval '24 hours' order by id limit $2
    ) as old
  where requests.show_id = old.show_id and requests.id = old.id`;

/**
 * Begins a transaction: waits for turns of these partitions that a previous owner still has in progress, and
 * keeps the catalog from deleting or shrinking these shows, until the transaction ends.
 *
 * It also waits for turns of the partitions that these shows belong to. Normally they are the same. But requests may be left
 * behind in another partition (all-queues.ts), or may have waited here since the number of partitions was changed.
 *
 * @returns the number of partitions by which it has chosen them; null while an installation has none. Until the locks are
 *   held, it may change.
 */
async function begin(client: PoolClient, { requests, leases }: Batch): Promise<number | null> {
  const shows = sortedUnique(requests.map((request) => request.show_id));
  const partitions = sortedUnique(leases.map((lease) => lease.partition));
  const results: unknown = await client.query(
    `begin;
     with current as materialized (${partitioningSql})
     select (select partitions from current), pg_advisory_xact_lock(${turnLockClass}, partition) from (
         select unnest('{${partitions}}'::int[]) as partition
         union select show_id % partitions from current, unnest('{${shows}}'::int[]) as show_id
         order by partition
       ) as ordered
     union all
     select null, pg_advisory_xact_lock_shared(${showLockClass}, show_id) from unnest('{${shows}}'::int[]) as show_id`,
  );
  const [, { rows }] = results as [unknown, { rows: { partitions: number | null }[] }];
  return rows[0]?.partitions ?? null;
}
