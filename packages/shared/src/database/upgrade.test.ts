import { rmSync } from 'node:fs';
import { startPostgres } from '@boxoffice/local-servers/postgres';
import type { Server } from '@boxoffice/local-servers/server';
import { execute, urlOfDatabase } from '@boxoffice/testing/database';
import { makeServerFolder } from '@boxoffice/testing/server-folders';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { migrate, RolePrivilegeError } from './migrate.ts';
import { ormOptions } from './orm.ts';
import { type ServiceRole, serviceRoles, serviceUrl } from './service-roles.ts';

/** A server of our own, because roles belong to the whole server. */
let server: Server;
let folder: string;
beforeAll(async () => {
  folder = makeServerFolder(inject('dataDir'), 'postgres');
  server = await startPostgres({ dataDir: folder, fsync: false });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function createDatabase(name: string, owner = 'boxoffice'): Promise<string> {
  await execute(server.url, `create database ${name} owner ${owner} strategy file_copy`);
  return urlOfDatabase(server.url, name);
}

/** What the first four migrations left: services became roles that cannot log in, and the superuser owned the tables. */
async function createOldDatabase(name: string): Promise<string> {
  const url = await createDatabase(name);
  const options = ormOptions({ url, poolSize: 2 });
  const migrationsList = options.migrations?.migrationsList?.slice(0, 4) ?? [];
  const orm = await MikroORM.init({ ...options, migrations: { ...options.migrations, migrationsList } });
  await orm.migrator.up();
  await orm.close();
  await execute(url, "insert into identity.users (username, email, password_hash) values ('ada', 'ada@x', 'none')");
  return url;
}

const whoAmI = async (url: string, role: ServiceRole) =>
  (await execute<{ name: string }>(serviceUrl(url, role), 'select session_user as name'))[0]?.name;

test('databases from before the roles could log in, several on one server at once, are migrated without other work', async () => {
  const urls = await Promise.all(['one', 'two', 'three', 'four'].map(createOldDatabase));
  for (const role of serviceRoles) await expect(whoAmI(urls[0] ?? '', role)).rejects.toThrow(/password|not permitted/);
  await Promise.all(urls.map((url) => migrate(url)));
  for (const url of urls) {
    for (const role of serviceRoles) expect(await whoAmI(url, role)).toBe(role);
    const [user] = await execute(serviceUrl(url, 'boxoffice_gateway'), 'select username from identity.users');
    expect(user).toEqual({ username: 'ada' });
    const [table] = await execute(url, "select tableowner as owner from pg_tables where tablename = 'users'");
    expect(table).toEqual({ owner: 'boxoffice_owner' });
  }
});

test('claims from before holds get the user of their booking, and migrating down keeps bookings', async () => {
  const url = await createOldDatabase('with_bookings');
  await execute(
    url,
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at) values
       (7, '00000000-0000-8000-8000-000000000001', 5, '{A1,A2}', 'booked', now());
     insert into booking.seat_claims (show_id, seat_number, booking_id) values
       (7, 'A1', '00000000-0000-8000-8000-000000000001'), (7, 'A2', '00000000-0000-8000-8000-000000000001');
     insert into booking.requests (show_id, id, user_id, kind, status, decided_at) values
       (7, '00000000-0000-8000-8000-000000000002', 5, 'cancel', 'rejected', now())`,
  );
  await migrate(url);
  expect(await execute(url, 'select user_id, expires_at from booking.seat_claims')).toEqual([
    { user_id: 5, expires_at: null },
    { user_id: 5, expires_at: null },
  ]);
  expect(await execute(url, 'select status, total, expires_at, code from booking.bookings')).toEqual([
    { status: 'booked', total: null, expires_at: null, code: null },
  ]);
  await execute(
    url,
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at, expires_at) values
       (7, '00000000-0000-8000-8000-000000000003', 5, '{A3}', 'held', now(), now());
     insert into booking.seat_claims (show_id, seat_number, booking_id, expires_at) values
       (7, 'A3', '00000000-0000-8000-8000-000000000003', now())`,
  );
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 2 }));
  await orm.migrator.down({ to: '0006-screens' });
  await orm.close();
  expect(await execute(url, 'select status from booking.bookings order by id')).toEqual([
    { status: 'booked' },
    { status: 'cancelled' },
  ]);
  expect(await execute(url, 'select seat_number from booking.seat_claims order by 1')).toEqual([
    { seat_number: 'A1' },
    { seat_number: 'A2' },
  ]);
});

test('new databases that are migrated at the same time all succeed', async () => {
  const urls = await Promise.all(['five', 'six', 'seven'].map((name) => createDatabase(name)));
  await Promise.all(urls.map((url) => migrate(url)));
  for (const url of urls) expect(await whoAmI(url, 'boxoffice_worker')).toBe('boxoffice_worker');
});

test('a password that was changed, and an attribute that was added, are put right', async () => {
  const url = await createDatabase('changed');
  await migrate(url);
  await execute(url, "alter role boxoffice_catalog superuser createrole nologin password 'another'");
  expect(await migrate(url)).toEqual([]);
  const [role] = await execute(
    serviceUrl(url, 'boxoffice_catalog'),
    'select rolsuper, rolcreaterole, rolcanlogin from pg_roles where rolname = current_user',
  );
  expect(role).toEqual({ rolsuper: false, rolcreaterole: false, rolcanlogin: true });
});

test('services log in with the passwords that are given', async () => {
  const url = await createDatabase('given');
  const worker = new URL(url);
  Object.assign(worker, { username: 'boxoffice_worker', password: encodeURIComponent('of its own: é%/?@') });
  await migrate(url, { boxoffice_worker: worker.href });
  expect(await whoAmI(worker.href, 'boxoffice_worker')).toBe('boxoffice_worker');
  await expect(whoAmI(url, 'boxoffice_worker')).rejects.toThrow(/password/);
  await migrate(url);
});

test('a user who may not change the roles is told what to run', async () => {
  await execute(server.url, "create role guest login createrole password 'guest'");
  const url = new URL(await createDatabase('of_a_guest', 'guest'));
  Object.assign(url, { username: 'guest', password: 'guest' });
  const refused = migrate(url.href);
  await expect(refused).rejects.toThrow(RolePrivilegeError);
  await expect(refused).rejects.toThrow(/`pnpm migrate` once with a DATABASE_URL that names a superuser/);
});

test('the owner of a database that may create roles needs no superuser', async () => {
  const own = makeServerFolder(inject('dataDir'), 'postgres');
  const fresh = await startPostgres({ dataDir: own, fsync: false });
  try {
    await execute(fresh.url, "create role operator login createrole password 'operator'");
    await execute(fresh.url, 'create database operated owner operator');
    const url = new URL(urlOfDatabase(fresh.url, 'operated'));
    Object.assign(url, { username: 'operator', password: 'operator' });
    await migrate(url.href);
    for (const role of serviceRoles) expect(await whoAmI(url.href, role)).toBe(role);
    expect(await migrate(url.href)).toEqual([]);
    await expect(execute(serviceUrl(url.href, 'boxoffice_gateway'), 'set role operator')).rejects.toThrow(/denied/);
  } finally {
    await fresh.stop();
    rmSync(own, { recursive: true });
  }
});
