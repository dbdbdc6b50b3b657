import { Migration } from '@mikro-orm/migrations';

const auditColumns = `
  at timestamptz not null default now(),
  actor_id int not null,
  request_id text not null,
  action text not null check (action in ('create', 'change', 'delete', 'cancel')),
  subject text not null check (subject in ('movie', 'show', 'user', 'booking')),
  subject_id text not null,
  before jsonb,
  after jsonb`;

const auditIndexes = (schema: string) => `
  create index audit_lines_at_idx on ${schema}.audit_lines (at, id);
  create index audit_lines_subject_idx on ${schema}.audit_lines (subject, subject_id, at);`;

/** Audit lines, revocations of access tokens, and the indexes that serve lists of bookings. */
export class Administration extends Migration {
  override name = '0002-administration';

  override up(): void {
    for (const schema of ['identity', 'catalog']) {
      this.addSql(`
        create table ${schema}.audit_lines (id uuid primary key default gen_random_uuid(), ${auditColumns});
        ${auditIndexes(schema)}`);
    }
    this.addSql(`
      create table booking.audit_lines (show_id int not null, id uuid not null, ${auditColumns}, primary key (show_id, id));
      ${auditIndexes('booking')}`);
    this.addSql(`
      alter table identity.users add column token_generation int not null default 0;
      create table identity.access_revocations (
        user_id int primary key,
        generation int not null,
        revoked_at timestamptz not null default now()
      );`);
    this.addSql(`
      create index bookings_id_idx on booking.bookings (id);
      create index bookings_cancelled_idx on booking.bookings (id) where status = 'cancelled';`);
    // Services may insert and read lines; no service may change or remove them.
    this.addSql(`
      grant select, insert on identity.audit_lines to boxoffice_gateway;
      grant select, insert, update, delete on identity.access_revocations to boxoffice_gateway;
      grant select, insert on catalog.audit_lines to boxoffice_catalog;
      grant select, insert on booking.audit_lines to boxoffice_worker;
      grant usage on schema catalog to boxoffice_gateway;
      grant select on catalog.audit_lines, booking.audit_lines to boxoffice_gateway;`);
  }

  override down(): void {
    this.addSql(`
      drop index booking.bookings_id_idx; drop index booking.bookings_cancelled_idx;
      drop table booking.audit_lines; drop table catalog.audit_lines; drop table identity.audit_lines;
      drop table identity.access_revocations; alter table identity.users drop column token_generation;
      revoke usage on schema catalog from boxoffice_gateway;`);
  }
}
