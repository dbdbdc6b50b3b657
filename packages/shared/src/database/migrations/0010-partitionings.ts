import { Migration } from '@mikro-orm/migrations';

/**
 * The number of partitions, by generation. It has a schema of its own, because it belongs to no show: all keys of
 * `booking.*` contain the show.
 */
export class Partitionings extends Migration {
  override name = '0010-partitionings';

  override up(): void {
    this.addSql(`
      create schema installation;
      create table installation.partitionings (
        generation int primary key,
        partitions int not null constraint partitionings_partitions_check check (partitions >= 1 and partitions <= 256),
        since timestamptz not null default transaction_timestamp()
      );`);
  }

  override down(): void {
    this.addSql('drop schema installation cascade;');
  }
}
