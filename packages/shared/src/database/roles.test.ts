import { createTestDatabase, execute, type TestDatabase } from '@boxoffice/testing/database';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grants } from './grants.ts';
import { migrate } from './migrate.ts';
import { type ServiceRole, schemas, serviceRoles, serviceUrl } from './service-roles.ts';

let database: TestDatabase;
const sessions = new Map<ServiceRole, pg.Client>();

beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(database.url); // a copy of a database does not have its privileges
  for (const role of serviceRoles) {
    const client = new pg.Client({ connectionString: serviceUrl(database.url, role) });
    await client.connect();
    sessions.set(role, client);
  }
});
afterAll(async () => {
  await Promise.all([...sessions.values()].map((client) => client.end()));
  await database.drop();
});

test('each service has exactly the privileges on tables that it needs, and PUBLIC has none', async () => {
  const rows = await execute<{ grantee: string; table: string; privileges: string }>(
    database.url,
    `select grantee::regrole::text as grantee, nspname || '.' || relname as table,
       string_agg(lower(privilege_type), ' ' order by privilege_type) as privileges
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace, aclexplode(relacl)
     where nspname in (${schemas.map((name) => `'${name}'`)}) and relkind in ('r', 'p', 'v', 'm')
       and grantee <> relowner group by 1, 2`,
  );
  const actual: Record<string, Record<string, string>> = {};
  for (const { grantee, table, privileges } of rows) actual[grantee] = { ...actual[grantee], [table]: privileges };
  expect(actual).toEqual(grants);
});

test('a role that cannot log in owns every schema and table, and there are no other schemas', async () => {
  const owners = await execute<{ name: string; owner: string }>(
    database.url,
    `select nspname as name, nspowner::regrole::text as owner from pg_namespace
     where nspname !~ '^(pg_|information_schema|public$)'
     union all select c.oid::regclass::text, relowner::regrole::text from pg_class c
       join pg_namespace n on n.oid = relnamespace where nspname !~ '^(pg_|information_schema|public$)'`,
  );
  expect(owners.filter(({ owner }) => owner !== 'boxoffice_owner')).toEqual([]);
  expect(owners.map(({ name }) => name)).toEqual(expect.arrayContaining(['identity.users', ...schemas]));
  expect(
    owners
      .filter(({ name }) => !/[.]/.test(name))
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...schemas].sort());
});

test('the roles have no attribute but login, own nothing, and belong to no role', async () => {
  const roles = await execute<{ name: string; login: boolean; attributes: boolean; member: boolean; owns: boolean }>(
    database.url,
    `select rolname as name, rolcanlogin as login,
       rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as attributes,
       exists (select from pg_auth_members where member = pg_roles.oid) as member,
       exists (select from pg_shdepend where refobjid = pg_roles.oid and deptype = 'o') as owns
     from pg_roles where rolname like 'boxoffice\\_%' and rolname not like '%\\_test\\_%' and rolname <> 'boxoffice_owner'`,
  );
  const bare = { login: true, attributes: false, member: false, owns: false };
  expect(roles.map(({ name }) => name).sort()).toEqual([...serviceRoles].sort());
  for (const role of roles) expect(role).toMatchObject(bare);
  const [owner] = await execute(
    database.url,
    "select rolcanlogin as login from pg_roles where rolname = 'boxoffice_owner'",
  );
  expect(owner).toEqual({ login: false });
});

/** What a service must not do, whichever it is; `own` is the schema that it writes to. */
const forbidden: [what: string, statement: (own: string) => string][] = [
  ['become the owner', () => 'set role boxoffice_owner'],
  [
    'become the gateway, the catalog and the worker',
    () => 'set role boxoffice_gateway; set role boxoffice_catalog; set role boxoffice_worker',
  ],
  ['become the superuser', () => 'set role boxoffice'],
  ['change its session user', () => 'set session authorization boxoffice'],
  ['change audit lines', (own) => `update ${own}.audit_lines set actor_id = 1`],
  ['delete audit lines', (own) => `delete from ${own}.audit_lines`],
  ['truncate audit lines', (own) => `truncate ${own}.audit_lines`],
  ['drop a table', (own) => `drop table ${own}.audit_lines`],
  ['alter a table', (own) => `alter table ${own}.audit_lines add column x int`],
  ['disable triggers', (own) => `alter table ${own}.audit_lines disable trigger all`],
  ['create a table in its schema', (own) => `create table ${own}.mine ()`],
  ['create a table in public', () => 'create table public.mine ()'],
  ['create a function', () => "create function public.mine() returns int language sql as 'select 1'"],
  ['create a temporary table', () => 'create temporary table mine ()'],
  ['create a schema', () => 'create schema mine'],
  ['create a database', () => 'create database mine'],
  ['create an extension', () => 'create extension file_fdw schema pg_catalog'],
  ['create a role', () => 'create role mine'],
  ['make itself a superuser', () => "do $$ begin execute format('alter role %I superuser', current_user); end $$"],
  ["change another role's password", () => "alter role boxoffice_owner login password 'mine'"],
  [
    'grant a privilege',
    (own) =>
      `do $$ begin execute 'grant all on ${own}.audit_lines to public'; if not has_table_privilege('public', '${own}.audit_lines', 'delete') then raise exception 'permission denied: nothing was granted'; end if; end $$`,
  ],
  ['run a program', () => "copy (select 1) to program 'true'"],
  ['read output of a program', () => "do $$ begin create temporary table t (x text); copy t from program 'id'; end $$"],
  ['write a file', () => "copy (select 1) to '/tmp/mine'"],
  ['read a file', () => "select pg_read_file('postgresql.conf')"],
  ['list a folder', () => "select pg_ls_dir('.')"],
  ['import a large object from a file', () => "select lo_import('/etc/hostname')"],
  ['create a large object', () => 'select lo_create(0)'],
  ['fill a large object', () => "select lo_from_bytea(0, 'x')"],
  ['read password verifiers', () => 'select rolpassword from pg_authid'],
  ['change a server setting', () => 'alter system set fsync = off'],
  ['reload the configuration', () => 'select pg_reload_conf()'],
  ['change what is replicated', () => 'set session_replication_role = replica'],
  ['read the migrations', () => 'select * from public.migrations'],
];

const own: Record<ServiceRole, string> = {
  boxoffice_gateway: 'identity',
  boxoffice_catalog: 'catalog',
  boxoffice_worker: 'booking',
};
const tables = [...new Set(Object.values(grants).flatMap((privileges) => Object.keys(privileges)))];

describe.each(serviceRoles)('%s', (role) => {
  const refusal = (statement: string) =>
    sessions
      .get(role)
      ?.query(statement)
      .then(
        () => null,
        (error: Error) => error.message,
      );

  test.each(forbidden)('may not %s', async (_, statement) => {
    expect(await refusal(statement(own[role]))).toMatch(
      /permission denied|must be (owner|superuser)|only roles with|not permitted/i,
    );
  });

  test.each(tables)('has no right to %s beyond those listed', async (table) => {
    const allowed = grants[role][table] ?? '';
    const attempts = {
      select: `select * from ${table} limit 1`,
      insert: `insert into ${table} select * from ${table} where false`,
      // Locking modes need a right to write.
      update: `do $$ begin lock table ${table} in row exclusive mode; execute format('update ${table} set %I = default where false',
        (select attname from pg_attribute where attrelid = '${table}'::regclass and attnum = 1)); end $$`,
      delete: `delete from ${table} where false`,
      truncate: `truncate ${table}`,
    };
    for (const [kind, statement] of Object.entries(attempts)) {
      const outcome = await refusal(statement);
      // Inserting from the table itself reads it too.
      if (allowed.includes(kind)) expect(outcome, statement).toBeNull();
      else expect(outcome, statement).toMatch(/permission denied/);
    }
  });

  test('another password is refused, and so is none', async () => {
    for (const password of ['', 'wrong', decodeURIComponent(new URL(database.url).password)]) {
      const url = new URL(database.url);
      Object.assign(url, { username: role, password });
      const client = new pg.Client({ connectionString: url.href });
      client.on('error', () => undefined);
      await expect(client.connect()).rejects.toThrow(/password/);
      // Without a password pg itself gives up. The server would wait for one for a minute, and hold up every DROP DATABASE.
      await client.end();
    }
  });
});

test('services log in with different passwords', () => {
  const passwords = serviceRoles.map((role) => new URL(serviceUrl(database.url, role)).password);
  expect(new Set([...passwords, new URL(database.url).password]).size).toBe(serviceRoles.length + 1);
});
