import { execute, urlOfDatabase } from '@boxoffice/testing/database';
import { type OwnServer, ownPostgres } from '@boxoffice/testing/own-servers';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { serviceUrl } from './service-roles.ts';

/** Of our own, because roles belong to the whole server. */
let server: OwnServer;
beforeAll(async () => {
  server = await ownPostgres({ fsync: false });
});
afterAll(() => server.drop());

/** Everything that is granted, and a mark of every row that a GRANT or REVOKE has written. */
const snapshot = () =>
  execute(
    server.url,
    `select relname as name, relacl::text as granted, xmin::text from pg_class where relnamespace::regnamespace::text in ('identity', 'catalog', 'booking')
     union all select attname, attacl::text, xmin::text from pg_attribute where attacl is not null and attrelid > 16384
     union all select nspname, nspacl::text, xmin::text from pg_namespace where nspname <> 'public'
     union all select datname, datacl::text, xmin::text from pg_database
     union all select 'membership', member::regrole::text, xmin::text from pg_auth_members where member::regrole::text like 'boxoffice\\_%'
     order by 1, 2`,
  );
const grantedIn = (rows: object[]) => rows.map((row) => ({ ...row, xmin: '' }));

test('what had been granted beyond the list is taken away, what is missing is granted, and nothing else changes', async () => {
  const before = await snapshot();
  await migrate(server.url);
  expect(await snapshot()).toEqual(before);

  const changes = [
    'grant delete, update on identity.audit_lines to boxoffice_gateway',
    'grant select on identity.users to boxoffice_catalog, public',
    'grant select (username), update (password_hash) on identity.users to boxoffice_worker',
    'grant insert on booking.requests to boxoffice_worker with grant option',
    'grant usage on sequence identity.users_id_seq to boxoffice_catalog',
    'grant create on schema identity to boxoffice_gateway',
    'grant usage on schema identity to public',
    'grant temporary on database boxoffice to boxoffice_worker',
    'grant boxoffice_owner, pg_read_all_data to boxoffice_catalog',
    'revoke select on booking.bookings from boxoffice_gateway',
  ];
  for (const change of changes) await execute(server.url, change);
  expect(grantedIn(await snapshot())).not.toEqual(grantedIn(before));
  await migrate(server.url);
  const sorted = (rows: object[]) =>
    grantedIn(rows).map((row) =>
      JSON.stringify(row)
        .split(/[{,}"]+/)
        .sort(),
    );
  expect(sorted(await snapshot())).toEqual(sorted(before));
});

test('a service can insert into a table whose keys come from a sequence', async () => {
  const insert = "insert into identity.users (username, email, password_hash) values ('ada', 'ada@x', 'none')";
  await execute(serviceUrl(server.url, 'boxoffice_gateway'), insert);
});

test('on a server of our own, the services can connect to no other database', async () => {
  const connect = (name: string) =>
    execute(serviceUrl(urlOfDatabase(server.url, name), 'boxoffice_worker'), 'select 1');
  await migrate(server.url, {}, { ownsServer: true });
  for (const name of ['postgres', 'template1'])
    await expect(connect(name)).rejects.toThrow(/permission denied for database/);
  await connect('boxoffice');
});

test('a lock that somebody holds ends the migration, rather than keep it waiting', async () => {
  const holder = new pg.Client({ connectionString: serviceUrl(server.url, 'boxoffice_worker') });
  await holder.connect();
  await holder.query("select pg_advisory_lock(hashtext('boxoffice migrations'))");
  await expect(migrate(server.url, {}, { lockTimeoutMs: 50 })).rejects.toThrow(/lock timeout/);
  await holder.end();
});
