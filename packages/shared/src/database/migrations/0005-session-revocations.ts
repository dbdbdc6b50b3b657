import { Migration } from '@mikro-orm/migrations';

/** Logins that have ended while access tokens of them may be alive. */
export class SessionRevocations extends Migration {
  override name = '0005-session-revocations';

  override up(): void {
    this.addSql(`
      create table identity.session_revocations (
        family uuid primary key,
        revoked_at timestamptz not null default now()
      );
      create index session_revocations_revoked_at_idx on identity.session_revocations (revoked_at);
      grant select, insert, delete on identity.session_revocations to boxoffice_gateway;
    `);
  }

  override down(): void {
    this.addSql('drop table identity.session_revocations;');
  }
}
