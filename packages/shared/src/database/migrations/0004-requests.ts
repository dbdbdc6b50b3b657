import { Migration } from '@mikro-orm/migrations';

/** The outcome of every decided request that its booking alone does not tell. */
export class Requests extends Migration {
  override name = '0004-requests';

  override up(): void {
    this.addSql(`
      create table booking.requests (
        show_id int not null,
        id uuid not null,
        user_id int not null,
        kind text not null check (kind in ('book', 'cancel')),
        status text not null check (status in ('succeeded', 'rejected', 'failed')),
        booking_id uuid,
        problem jsonb,
        key_hash bytea,
        fingerprint bytea,
        decided_at timestamptz not null,
        primary key (show_id, id)
      );
      create unique index requests_key_hash_key on booking.requests (show_id, user_id, key_hash) where key_hash is not null;
      create index requests_id_idx on booking.requests (id);
    `);
    this.addSql(`
      grant select, insert, delete on booking.requests to boxoffice_worker;
      grant select on booking.requests to boxoffice_gateway;
    `);
  }

  override down(): void {
    this.addSql('drop table booking.requests;');
  }
}
