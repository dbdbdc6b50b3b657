/** PostgreSQL's session advisory locks in memory, as far as leases need them, and connections to them. */
import { leaseLockClass } from '@boxoffice/shared/partition';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import { presenceClass } from '../src/leases/inspect-locks.ts';

interface Lock {
  class: number;
  key: number;
}

/** The one server of a test file. */
export const lockServer = {
  partitioning: { generation: 0, partitions: 4 } as Partitioning,
  isAway: false,
  /** All connections that have been opened, and those that are still open. */
  opened: [] as LeaseClient[],
  sessions: new Set<LeaseClient>(),
  /** Called with each statement before it runs; may throw. Returns false to refuse a lock that is free. */
  onQuery: (_sql: string, _values: number[]): boolean | undefined => true,

  reset(): void {
    this.partitioning = { generation: 0, partitions: 4 };
    this.isAway = false;
    this.opened = [];
    this.sessions.clear();
    this.onQuery = () => true;
  },

  locksOf(lockClass: number): Lock[] {
    return [...this.sessions].flatMap(({ locks }) => locks).filter((lock) => lock.class === lockClass);
  },
};

/** Takes the place of `src/leases/lease-client.ts`. */
export class LeaseClient {
  readonly config: Record<string, unknown>;
  readonly statements: string[] = [];
  locks: Lock[] = [];
  readonly #ended = Promise.withResolvers<never>();
  readonly lost = this.#ended.promise;

  constructor(config: Record<string, unknown>) {
    this.config = config;
    this.lost.catch(() => undefined);
    lockServer.opened.push(this);
  }

  async connect(): Promise<void> {
    if (lockServer.isAway) throw new Error('away');
    lockServer.sessions.add(this);
  }

  destroy(): void {
    lockServer.sessions.delete(this);
    this.locks = [];
    this.#ended.reject(new Error('connection ended'));
  }

  async query(sql: string, values: number[] = []): Promise<{ rows: unknown[] }> {
    if (!lockServer.sessions.has(this)) throw new Error('not connected');
    this.statements.push(sql);
    const granted = lockServer.onQuery(sql, values);
    const [lockClass = 0, key = 0] = values;
    if (sql.includes('pg_locks')) return { rows: this.#visibleLocks() };
    if (sql.includes('partitionings')) return { rows: [lockServer.partitioning] };
    if (sql.startsWith('select pg_advisory_unlock'))
      this.locks = this.locks.filter((lock) => lock.class !== lockClass || lock.key !== key);
    else if (sql.includes('_lock_shared(')) this.locks.push({ class: lockClass, key });
    else if (sql.includes('pg_try_advisory_lock'))
      return { rows: [{ won: this.#tryLock({ class: lockClass, key }, granted) }] };
    return { rows: [] };
  }

  #tryLock(lock: Lock, granted: boolean | undefined): boolean {
    if (granted === false || lockServer.locksOf(lock.class).some(({ key }) => key === lock.key)) return false;
    this.locks.push(lock);
    return true;
  }

  #visibleLocks(): Lock[] {
    const isExclusive = (lock: Lock) => lock.class === presenceClass || lock.class === leaseLockClass;
    return [...lockServer.sessions].flatMap((session) =>
      session.locks.filter((lock) => isExclusive(lock) || session !== this),
    );
  }
}
