import type { EntityManager } from '@mikro-orm/postgresql';
import { applyGrants } from './apply-grants.ts';
import { connectTo, firstUrl } from './database-hosts.ts';
import { sqlState } from './errors.ts';
import { PrimaryClient } from './primary-client.ts';
import { scramVerifier } from './scram.ts';
import { ownerRole, type ServiceRole, schemas, serviceRoles } from './service-roles.ts';
import { storedSettings } from './session-settings.ts';

/** Roles belong to the whole server, where the migrations of another database may change them at the same time. */
const attempts = 50;

/**
 * Makes the services' roles a boundary: logins without any other privilege, each with its own password; tables
 * that belong to a role that cannot log in; nothing granted to PUBLIC, and to a service no more than `grants` lists. The
 * services' settings are stored with their roles.
 *
 * Idempotent, and run after every migration: it also covers new tables, changed passwords, and databases from
 * before the roles could log in.
 *
 * @param urls with which the services log in; a password is set unless it already works
 * @param options `ownsServer`: also takes the server's other databases from PUBLIC
 */
export async function secureRoles(
  em: EntityManager,
  urls: Record<ServiceRole, string>,
  { ownsServer = false } = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await em.transactional(async (transaction) => {
        await assignOwner(transaction);
        await revokePublic(transaction);
        await revokeLargeObjects(transaction);
        if (ownsServer) await closeOtherDatabases(transaction);
        await applyGrants(transaction);
        for (const role of serviceRoles) await openLogin(transaction, role, urls[role]);
        for (const role of serviceRoles) await storeSettings(transaction, role);
      });
    } catch (error) {
      if (attempt === attempts || !isConcurrentChange(error)) throw error;
    }
  }
}

function isConcurrentChange(error: unknown): boolean {
  const isTupleConflict = /tuple concurrently (updated|deleted)/.test((error as Error).message);
  return isTupleConflict || ['23505', '40P01', '42710'].includes(sqlState(error) ?? '');
}

/** Gives every schema and table to the owner. */
async function assignOwner(em: EntityManager): Promise<void> {
  await em.execute(`
    do $$
    declare change text;
    begin
      if to_regrole('${ownerRole}') is null then
        create role ${ownerRole} nologin;
      end if;
      -- Unless we are a superuser, we may give things only to a role that we belong to and that may own schemas here.
      if not pg_has_role(current_user, '${ownerRole}', 'usage') then
        execute format('grant ${ownerRole} to %I', current_user);
      end if;
      if not has_database_privilege('${ownerRole}', current_database(), 'create') then
        execute format('grant create on database %I to ${ownerRole}', current_database());
      end if;
      for change in
        select format('alter schema %I owner to ${ownerRole}', nspname) from pg_namespace
        where nspname in (${inSql(schemas)}) and nspowner <> '${ownerRole}'::regrole
      loop execute change; end loop;
      for change in
        select format('alter table %s owner to ${ownerRole}', pg_class.oid::regclass) from pg_class
          join pg_namespace on pg_namespace.oid = relnamespace
        where nspname in (${inSql(schemas)}) and relkind in ('r', 'p', 'v', 'm') and relowner <> '${ownerRole}'::regrole
        union all
        select format('alter routine %s owner to ${ownerRole}', pg_proc.oid::regprocedure) from pg_proc
          join pg_namespace on pg_namespace.oid = pronamespace
        where nspname in (${inSql(schemas)}) and proowner <> '${ownerRole}'::regrole
      loop execute change; end loop;
    end $$`);
}

/** PostgreSQL grants PUBLIC to connect, to create temporary tables, to use schema public and to call functions. */
async function revokePublic(em: EntityManager): Promise<void> {
  await em.execute(`
    do $$
    begin
      if exists (
        select from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
        where datname = current_database() and grantee = 0
      ) then
        execute format('revoke all on database %I from public', current_database());
      end if;
    end $$;
    revoke all on schema public from public;
    revoke all on all routines in schema ${schemas.join(', ')} from public;
    alter default privileges revoke execute on routines from public;
    alter default privileges for role ${ownerRole} revoke execute on routines from public;
  `);
}

/** Large objects would let anyone fill the disk. Only a superuser can take them from PUBLIC. */
async function revokeLargeObjects(em: EntityManager): Promise<void> {
  await em.execute(`
    do $$
    declare change text;
    begin
      if not (select rolsuper from pg_roles where rolname = current_user) then return; end if;
      for change in
        select format('revoke all on function %s from public', oid::regprocedure) from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^(lo_|loread$|lowrite$)'
          and has_function_privilege('public', oid, 'execute')
      loop execute change; end loop;
    end $$`);
}

async function closeOtherDatabases(em: EntityManager): Promise<void> {
  await em.execute(`
    do $$
    declare change text;
    begin
      for change in
        select format('revoke all on database %I from public', datname) from pg_database
        where datname in ('postgres', 'template1') and exists (
          select from aclexplode(coalesce(datacl, acldefault('d', datdba))) where grantee = 0)
      loop execute change; end loop;
    end $$`);
}

const attributes = ['super', 'createrole', 'createdb', 'replication', 'bypassrls'] as const;
type Attributes = Record<(typeof attributes)[number] | 'canlogin', boolean>;

/** Lets a role log in with its password, and takes away what it must not have. */
async function openLogin(em: EntityManager, role: ServiceRole, url: string): Promise<void> {
  const [current] = await em.execute<[Attributes]>(
    `select rolcanlogin as canlogin, ${attributes.map((name) => `rol${name} as ${name}`)} from pg_roles where rolname = ?`,
    [role],
  );
  // Attributes are named only where they change: just naming some takes a superuser.
  const excess = attributes.filter((name) => current[name]).map((name) => `no${name === 'super' ? 'superuser' : name}`);
  const password = decodeURIComponent(firstUrl(url).password);
  const isOpen = current.canlogin && (await canLogIn(url));
  if (isOpen && excess.length === 0) return;
  const verifier = !isOpen && password ? ` password '${scramVerifier(password)}'` : '';
  await em.execute(`alter role ${role} login ${excess.join(' ')}${verifier}`);
}

/** Stores those of the role's settings that differ. */
async function storeSettings(em: EntityManager, role: ServiceRole): Promise<void> {
  const stored = await em.execute<{ setting: string }[]>(
    'select unnest(setconfig) as setting from pg_db_role_setting where setdatabase = 0 and setrole = ?::regrole',
    [role],
  );
  const current = new Set(stored.map(({ setting }) => setting));
  for (const [name, value] of Object.entries(storedSettings[role] ?? {}))
    if (!current.has(`${name}=${value}`)) await em.execute(`alter role ${role} set ${name} = '${value}'`);
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new PrimaryClient({ ...connectTo(url), connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const inSql = (names: readonly string[]) => names.map((name) => `'${name}'`).join();
