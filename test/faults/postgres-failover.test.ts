import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { execute } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { expectNothingLost, startLoad } from '@boxoffice/testing/load';
import { ownPostgres, replicaOf } from '@boxoffice/testing/own-servers';
import { afterAll, beforeAll, expect, it } from 'vitest';

let primary: Awaited<ReturnType<typeof ownPostgres>>;
let replica: Awaited<ReturnType<typeof replicaOf>>;
let boxoffice: Boxoffice;
beforeAll(async () => {
  primary = await ownPostgres();
  replica = await replicaOf(primary);
  await execute(primary.url, "alter system set synchronous_standby_names = 'replica'");
  await execute(primary.url, "alter system set synchronous_commit = 'remote_apply'");
  await execute(primary.url, 'select pg_reload_conf()');
  await eventually(async () => {
    const rows = await execute(primary.url, "select from pg_stat_replication where sync_state = 'sync'");
    return rows.length === 1;
  });
  const DATABASE_URL = primary.url.replace(/(:\d+)\//, `$1,127.0.0.1:${replica.port}/`);
  boxoffice = await startBoxoffice({
    workers: 2,
    env: { DATABASE_URL: `${DATABASE_URL}?target_session_attrs=read-write` },
  });
});
afterAll(async () => {
  await boxoffice?.stop();
  await Promise.all([primary?.drop(), replica?.drop()]);
});

it('loses nothing when the primary is killed under load, and continues on the promoted replica', async () => {
  const shows = await Promise.all(Array.from({ length: 4 }, () => boxoffice.addShow()));
  const control = await boxoffice.addShow();
  const load = startLoad(boxoffice, shows);
  await eventually(() => load.accepted.length >= 60);
  const acknowledged = await boxoffice.book(control, '1', { user: 90, wait: 10 });
  expect(acknowledged.status).toBe(201);

  primary.kill('SIGKILL');
  const killedAt = performance.now();
  await execute(replica.url, 'select pg_promote()');
  const promotedAt = performance.now();
  await eventually(async () => (await boxoffice.book(control, '2', { user: 91, wait: 5 })).status === 201, {
    timeoutMs: 20_000,
  });
  const seconds = (since: number) => ((performance.now() - since) / 1_000).toFixed(1);
  console.log(`bookings flow ${seconds(killedAt)} s after the kill, ${seconds(promotedAt)} s after the promotion`);
  const before = load.accepted.length;
  await eventually(() => load.accepted.length >= before + 20);
  await load.stop();

  expect((await boxoffice.outcome(acknowledged.body.id, { user: 90 })).status).toBe('succeeded');
  await expectNothingLost(boxoffice, load);
  await Promise.all([...boxoffice.gateways, ...boxoffice.workers].map((service) => service.ready()));
}, 60_000);
