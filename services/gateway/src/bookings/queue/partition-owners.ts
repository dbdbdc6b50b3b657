import type { MikroORM } from '@boxoffice/shared/database/orm';
import { leaseLockClass } from '@boxoffice/shared/partition';
import type { HealthWarning } from '@boxoffice/shared/service/health';
import type { Logger } from '@boxoffice/shared/service/logging';
import { Gauge, type Registry } from 'prom-client';

/** How often the leases are read from PostgreSQL, in milliseconds. */
const pollEveryMs = 1_000;

/**
 * Knows which worker serves each partition, and which partitions no worker serves. Requests queued in the latter are safe and
 * will be decided, but nobody can say when, so waiting for their outcomes is pointless. Only a partition that has no owner at
 * two polls in a row counts, because a takeover is not an outage.
 */
export class PartitionOwners {
  readonly #options: { orm: MikroORM; partitions: () => number; logger: Logger };
  /** The owners of partitions at the latest poll that succeeded. */
  #owners = new Map<number, number>();
  /** Partitions without an owner at the latest poll. */
  #unowned = new Set<number>();
  /** Partitions without an owner at the latest two polls. */
  #ownerless = new Set<number>();
  #onOwnerless: (partition: number) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling = false;

  /** @param options.partitions the number of partitions */
  constructor(options: { orm: MikroORM; partitions: () => number; logger: Logger; metrics: Registry }) {
    this.#options = options;
    const ownerless = () => this.#ownerless.size;
    new Gauge({
      name: 'booking_partitions_without_owner',
      help: 'Partitions that no booking-worker serves',
      registers: [options.metrics],
      collect() {
        this.set(ownerless());
      },
    });
  }

  start(): void {
    this.#timer = setInterval(() => void this.#poll(), pollEveryMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Whether a worker serves the partition; true while that is unknown. */
  isOwned(partition: number): boolean {
    return !this.#ownerless.has(partition);
  }

  /** An outcome has arrived, so there is an owner again, whatever the latest poll found. */
  markOwned(partition: number): void {
    this.#unowned.delete(partition);
    this.#ownerless.delete(partition);
  }

  /** A number for the worker that served the partition at the latest poll; null when unknown. */
  ownerOf(partition: number): number | null {
    return this.#owners.get(partition) ?? null;
  }

  /** @param listener called when a partition has lost its owner */
  onOwnerless(listener: (partition: number) => void): void {
    this.#onOwnerless = listener;
  }

  /** For the readiness probe: a warning, because everything but the outcomes still works. */
  async check(): Promise<HealthWarning | null> {
    if (this.#ownerless.size === 0) return null;
    return { warning: `partitions without an owner: ${[...this.#ownerless].join(', ')}` };
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    const owners = await this.#findOwners().catch(() => null);
    if (owners) this.#owners = owners;
    const unowned = owners ? this.#withoutOwner() : new Set<number>(); // unknown
    const before = this.#ownerless;
    this.#ownerless = new Set([...unowned].filter((partition) => this.#unowned.has(partition)));
    this.#unowned = unowned;
    this.#polling = false;
    for (const partition of this.#ownerless) {
      if (before.has(partition)) continue;
      this.#options.logger.warn({ partition }, 'no worker serves the partition');
      this.#onOwnerless(partition);
    }
  }

  #withoutOwner(): Set<number> {
    const all = Array.from({ length: this.#options.partitions() }, (_, partition) => partition);
    return new Set(all.filter((partition) => !this.#owners.has(partition)));
  }

  /** Finds the partitions that are served, each with its owner. */
  async #findOwners(): Promise<Map<number, number>> {
    const connection = this.#options.orm.em.getConnection();
    const rows: { partition: number; owner: number }[] = await connection.execute(leasesSql, [leaseLockClass]);
    return new Map(rows.map(({ partition, owner }) => [partition, owner]));
  }
}

const leasesSql = `
  select objid::int as partition, pid as owner from pg_locks where locktype = 'advisory' and granted and objsubid = 2
    and classid = ? and database = (select oid from pg_database where datname = current_database())`;
