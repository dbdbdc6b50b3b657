import { PlainError } from '@boxoffice/local-servers/plain-error';
import { applyGrants } from '@boxoffice/shared/database/apply-grants';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { ownerRole } from '@boxoffice/shared/database/service-roles';

/**
 * The tables that grow with every booking. The outbox stays nearly empty; audit lines and payment verdicts are few. Payments
 * belong to another schema, whose unique keys do not contain the show.
 */
const tables = ['bookings', 'seat_claims', 'requests'] as const;
const lockTimeoutMs = 10_000;

/**
 * Replaces the tables with ones of the same name, columns, constraints and indexes that PostgreSQL partitions by show. It does
 * so in one transaction, which locks them: if that is interrupted, nothing has changed.
 *
 * @param em with the rights of `pnpm migrate`
 * @throws {PlainError} when the tables are partitioned already
 */
export async function partitionTables(em: EntityManager, partitions: number): Promise<void> {
  await em.transactional(async (transaction) => {
    await transaction.execute(`set local lock_timeout = ${lockTimeoutMs}`);
    await transaction.execute(
      `lock table ${tables.map((table) => `booking.${table}`).join(', ')} in access exclusive mode`,
    );
    const [done] = await transaction.execute<unknown[]>(
      "select from pg_class where oid = 'booking.bookings'::regclass and relkind = 'p'",
    );
    if (done) throw new PlainError('The tables are partitioned already.');
    for (const table of tables) await partition(transaction, table, partitions);
    await applyGrants(transaction);
  });
  for (const table of tables) await em.execute(`analyze booking.${table}`);
}

async function partition(em: EntityManager, table: string, partitions: number): Promise<void> {
  const name = `booking.${table}`;
  const definitions = await em.execute<{ sql: string }[]>(definitionsSql, [name, name, name]);
  const parts = Array.from({ length: partitions }, (_, remainder) => ({ part: `${name}_p${remainder}`, remainder }));
  await em.execute(
    `create table ${name}_new (like ${name} including defaults including constraints) partition by hash (show_id);
     ${parts
       .map(
         ({ part, remainder }) =>
           `create table ${part} partition of ${name}_new for values with (modulus ${partitions}, remainder ${remainder});
            alter table ${part} owner to ${ownerRole};`,
       )
       .join('\n')}
     insert into ${name}_new select * from ${name};
     drop table ${name};
     alter table ${name}_new rename to ${table};
     alter table ${name} owner to ${ownerRole};`,
  );
  // After the rows, because that is faster, and because the names are free only now.
  for (const { sql } of definitions) await em.execute(sql);
}

/** The primary key and the other indexes of a table, as statements. */
const definitionsSql = `
  select format('alter table %s add constraint %I %s', ?, conname, pg_get_constraintdef(oid)) as sql
    from pg_constraint where conrelid = ?::regclass and contype = 'p'
  union all
  select pg_get_indexdef(indexrelid) from pg_index where indrelid = ?::regclass and not indisprimary`;
