import pg from 'pg';
import { now } from '../clients/now.ts';
import { ownRole } from '../world/servers.ts';
import type { World } from '../world/world.ts';
import type { FaultKind, Heal } from './fault.ts';

const common = { group: 'postgres', targets: ['postgres'] } as const;

/** Ends every session but ours. */
const terminateSessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where usename <> '${ownRole}' and backend_type = 'client backend'`;

/** All processes of PostgreSQL die in the same moment. */
function crash({ servers: { postgres } }: World): Heal {
  postgres.kill('SIGKILL');
  return () => postgres.restart();
}

/** As on a standby, or behind a failover: reads go on, writes fail with 25006. */
async function makeReadOnly({ servers }: World): Promise<Heal> {
  const reload = (statement: string) =>
    servers
      .sql(statement)
      .then(() => servers.sql('select pg_reload_conf()'))
      .then(() => undefined);
  await reload('alter system set default_transaction_read_only = on');
  return () => reload('alter system reset default_transaction_read_only');
}

/** On a slow machine not every connection can be taken in time, in milliseconds. */
const takeMs = 10_000;

/** Occupies every connection, so that services cannot reconnect after a reset (53300). */
async function takeConnections({ servers }: World): Promise<Heal> {
  const taken: pg.Client[] = [];
  const [{ user } = { user: '' }] = await servers.sql<{ user: string }>(
    `select rolname as user from pg_roles where rolsuper and rolname <> '${ownRole}' limit 1`,
  );
  const url = new URL(servers.postgres.url);
  url.username = user;
  const take = async () => {
    const until = now() + takeMs;
    for (let full = false; !full && taken.length < 220 && now() < until; ) {
      const client = new pg.Client({
        connectionString: url.href,
        application_name: 'torture takes connections',
        connectionTimeoutMillis: 5_000,
      });
      client.on('error', () => undefined);
      await client.connect().then(
        () => taken.push(client),
        () => {
          full = true;
        },
      );
    }
  };
  await take();
  await servers.sql(`${terminateSessions} and application_name <> 'torture takes connections'`);
  await take();
  return async () => void (await Promise.all(taken.map((client) => client.end())));
}

/** Logins fail (28P01), and every session has been ended. */
async function changePassword({ servers }: World): Promise<Heal> {
  const [row] = await servers.sql<{ rolname: string; rolpassword: string }>(
    'select rolname, rolpassword from pg_authid where rolname = $1',
    [new URL(servers.postgres.url).username],
  );
  if (!row) throw new Error('the role of the services is not there');
  // The verifier goes back as it was: nobody has to know the password.
  const set = (password: string) => servers.sql(`alter role ${row.rolname} password '${password}'`);
  await set('another password');
  await servers.sql(terminateSessions);
  return async () => void (await set(row.rolpassword));
}

async function terminate({ servers }: World): Promise<Heal> {
  await servers.sql(terminateSessions);
  return () => undefined;
}

/** Some sessions end and others of the same process go on: a lease may be gone while a turn is under way. */
async function terminateSome({ servers }: World): Promise<Heal> {
  await servers.sql(`${terminateSessions} and random() < 0.3`);
  return () => undefined;
}

async function terminateOne({ servers }: World): Promise<Heal> {
  await servers.sql(`${terminateSessions}
    and pid = (select pid from pg_stat_activity where usename <> '${ownRole}' and backend_type = 'client backend'
      order by random() limit 1)`);
  return () => undefined;
}

function freeze({ servers: { postgres } }: World): Heal {
  postgres.kill('SIGSTOP');
  return () => postgres.kill('SIGCONT');
}

/** The disk is full: statements fail with 53100, and PostgreSQL may go down. */
function fillDisk({ servers: { disk, postgres, sql } }: World): Heal {
  disk?.fill();
  return async () => {
    disk?.empty();
    const answers = await sql('select 1').then(
      () => true,
      () => false,
    );
    if (!answers) await postgres.restart();
  };
}

export const postgresFaults: FaultKind[] = [
  { ...common, name: 'postgres-crash', weight: 2, durationMs: [50, 2_000], inflict: crash },
  { ...common, name: 'postgres-freeze', weight: 2, durationMs: [100, 8_000], inflict: freeze },
  { ...common, name: 'postgres-hiccup', weight: 12, brief: true, durationMs: [100, 500], inflict: freeze },
  { ...common, name: 'postgres-read-only', weight: 2, durationMs: [200, 3_000], inflict: makeReadOnly },
  { ...common, name: 'postgres-connections', weight: 1, durationMs: [500, 2_000], inflict: takeConnections },
  { ...common, name: 'postgres-password', weight: 1, durationMs: [300, 3_000], inflict: changePassword },
  { ...common, name: 'postgres-terminate', weight: 2, durationMs: [10, 20], inflict: terminate },
  { ...common, name: 'postgres-terminate-one', weight: 24, brief: true, durationMs: [10, 20], inflict: terminateOne },
  { ...common, name: 'postgres-terminate-some', weight: 3, durationMs: [10, 20], inflict: terminateSome },
  {
    ...common,
    group: 'disk',
    name: 'postgres-disk-full',
    weight: 0.7,
    durationMs: [300, 3_000],
    obstacle: ({ servers }) => servers.diskObstacle,
    inflict: fillDisk,
  },
];
