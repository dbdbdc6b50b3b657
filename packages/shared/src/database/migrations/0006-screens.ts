import { Migration } from '@mikro-orm/migrations';

const subjects = (schema: string, ...names: string[]) => `
  alter table ${schema}.audit_lines drop constraint audit_lines_subject_check;
  alter table ${schema}.audit_lines add constraint audit_lines_subject_check
    check (subject in (${names.map((name) => `'${name}'`)}));`;

/** Screens with layouts, and what shows on them have: prices, rules of sale, and a way to be cancelled. */
export class Screens extends Migration {
  override name = '0006-screens';

  override up(): void {
    // Bundled with PostgreSQL, and a database's owner may install it. Compares integers in exclusion constraints.
    this.addSql('create extension if not exists btree_gist;');
    this.addSql(`
      create table catalog.layouts (
        id serial primary key,
        hash bytea not null constraint layouts_hash_key unique,
        rows text[] not null,
        legend jsonb not null,
        total_seats int not null,
        created_at timestamptz not null default now()
      );
      create table catalog.screens (
        id serial primary key,
        name text not null,
        layout_id int not null constraint screens_layout_id_foreign references catalog.layouts,
        created_at timestamptz not null default now()
      );
      create unique index screens_name_key on catalog.screens (lower(name));
      grant select, insert on catalog.layouts to boxoffice_catalog;
      grant select, insert, update, delete on catalog.screens to boxoffice_catalog;
      grant usage on sequence catalog.layouts_id_seq, catalog.screens_id_seq to boxoffice_catalog;
      grant select on catalog.layouts to boxoffice_worker;`);
    this.addSql(`
      alter table catalog.shows
        add screen_id int constraint shows_screen_id_foreign references catalog.screens,
        add layout_id int constraint shows_layout_id_foreign references catalog.layouts,
        add busy_until timestamptz,
        add status text not null default 'scheduled' check (status in ('scheduled', 'cancelled')),
        add cancel_reason text,
        add cancelled_at timestamptz,
        add payment text not null default 'free' check (payment in ('free', 'counter', 'online')),
        add prices jsonb,
        add currency text,
        add sales_open_at timestamptz,
        add sales_close_at timestamptz,
        add max_seats_per_user int,
        add forbid_single_seats boolean not null default false,
        add constraint shows_prices_check
          check ((payment = 'free') = (prices is null) and (prices is null) = (currency is null)),
        add constraint shows_screen_busy exclude using gist
          (screen_id with =, tstzrange(date_time, busy_until) with &&)
          where (screen_id is not null and status = 'scheduled');
      create index shows_screen_id_idx on catalog.shows (screen_id);`);
    for (const schema of ['identity', 'catalog', 'booking'])
      this.addSql(subjects(schema, 'movie', 'show', 'user', 'booking', 'screen'));
  }

  /**
   * Loses what the schema before it cannot say: shows on screens keep their number of seats only, and cancelled shows are
   * moved to the past, so that nothing of them is sold.
   */
  override down(): void {
    this.addSql("delete from catalog.audit_lines where subject = 'screen';");
    for (const schema of ['identity', 'catalog', 'booking'])
      this.addSql(subjects(schema, 'movie', 'show', 'user', 'booking'));
    this.addSql(`
      alter table catalog.shows drop constraint shows_screen_busy;
      update catalog.shows set date_time = least(date_time, now()) where status = 'cancelled';
      alter table catalog.shows
         drop constraint shows_prices_check,
        drop screen_id, drop layout_id, drop busy_until, drop status, drop cancel_reason, drop cancelled_at,
        drop payment, drop prices, drop currency, drop sales_open_at, drop sales_close_at,
        drop max_seats_per_user, drop forbid_single_seats;
      drop table catalog.screens; drop table catalog.layouts;`);
  }
}
