import type { EntityManager } from '@mikro-orm/postgresql';
import { grants } from './grants.ts';
import { schemas, serviceRoles } from './service-roles.ts';

interface Grant {
  role: string;
  /** As GRANT names it: `table identity.users`. */
  object: string;
  /** In lower case and alphabetical order. */
  privileges: string;
}

/**
 * Gives the services exactly the privileges in `grants`, takes every other from them and from PUBLIC, and ends their
 * memberships. Only differences are changed; call it in a transaction, so that running services lose nothing.
 */
export async function applyGrants(em: EntityManager): Promise<void> {
  for (const { statement } of await em.execute<{ statement: string }[]>(membershipsQuery)) await em.execute(statement);
  const current = new Map((await em.execute<Grant[]>(privilegesQuery)).map((grant) => [keyOf(grant), grant]));
  const wanted = new Map((await wantedGrants(em)).map((grant) => [keyOf(grant), grant]));
  for (const [key, { role, object }] of new Map([...current, ...wanted])) {
    const privileges = wanted.get(key)?.privileges;
    if (current.get(key)?.privileges === privileges) continue;
    if (current.has(key)) await em.execute(`revoke all on ${object} from ${role} cascade`);
    if (privileges) await em.execute(`grant ${privileges.replaceAll(' ', ', ')} on ${object} to ${role}`);
  }
}

const keyOf = ({ role, object }: Grant) => `${role} ${object}`;

async function wantedGrants(em: EntityManager): Promise<Grant[]> {
  const [{ database }] = await em.execute<[{ database: string }]>('select quote_ident(current_database()) as database');
  const sequences = await em.execute<{ sequence: string; table: string }[]>(sequencesQuery);
  return serviceRoles.flatMap((role) => {
    const tables = Object.entries(grants[role]);
    const used = new Set(tables.map(([table]) => table.split('.')[0]));
    const numbered = sequences.filter(({ table }) => grants[role][table]?.split(' ').includes('insert'));
    return [
      { role, object: `database ${database}`, privileges: 'connect' },
      ...[...used].map((schema) => ({ role, object: `schema ${schema}`, privileges: 'usage' })),
      ...tables.map(([table, privileges]) => ({ role, object: `table ${table}`, privileges })),
      ...numbered.map(({ sequence }) => ({ role, object: `sequence ${sequence}`, privileges: 'usage' })),
    ];
  });
}

const literals = (names: readonly string[]) => names.map((name) => `'${name}'`).join();
const grantees = `(grantee = 0 or grantee = any (array[${literals(serviceRoles)}]::regrole[]::oid[]))`;

/** What the services and PUBLIC were granted in our schemas, on single columns too, and on the database. */
const privilegesQuery = `
  with relations as (
    select pg_class.oid, relacl, relowner,
      format('%s %I.%I', case relkind when 'S' then 'sequence' else 'table' end, nspname, relname) as object
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname in (${literals(schemas)}) and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  ), granted as (
    select grantee, object, lower(privilege_type) as privilege, is_grantable
      from relations, aclexplode(relacl) where grantee <> relowner
    union all
    select grantee, object, lower(privilege_type) || ' of a column', is_grantable
      from relations join pg_attribute on attrelid = oid, aclexplode(attacl) where grantee <> relowner
    union all
    select grantee, format('schema %I', nspname), lower(privilege_type), is_grantable
      from pg_namespace, aclexplode(nspacl) where nspname in (${literals(schemas)}) and grantee <> nspowner
    union all
    select grantee, format('database %I', datname), lower(privilege_type), is_grantable
      from pg_database, aclexplode(datacl) where datname = current_database() and grantee <> datdba
  )
  select case grantee when 0 then 'public' else grantee::regrole::text end as role, object,
    string_agg(privilege || case when is_grantable then ' to be granted' else '' end, ' ' order by privilege) as privileges
  from granted where ${grantees} group by grantee, object`;

const membershipsQuery = `
  select format('revoke %I from %I granted by %I cascade', roleid::regrole, member::regrole, grantor::regrole) as statement
  from pg_auth_members where member = any (array[${literals(serviceRoles)}]::regrole[]::oid[])`;

/** The sequences of serial columns, which whoever inserts must be able to use; those of identity columns need no right. */
const sequencesQuery = `
  select format('%I.%I', s.relnamespace::regnamespace, s.relname) as sequence,
    format('%I.%I', t.relnamespace::regnamespace, t.relname) as table
  from pg_depend join pg_class s on s.oid = objid join pg_class t on t.oid = refobjid
  where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and deptype = 'a' and s.relkind = 'S'`;
