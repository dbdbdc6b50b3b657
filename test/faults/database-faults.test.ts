import { serviceUrl } from '@boxoffice/shared/database/service-roles';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
let admin: pg.Client;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true, env: { BOOKING_PARTITIONS: '1' } });
  admin = new pg.Client({ connectionString: boxoffice.databaseUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await boxoffice.stop();
});

/** Faults of the database that pass, and what it says meanwhile. */
const faults = {
  'is read-only': {
    begin: ['alter system set default_transaction_read_only = on', 'select pg_reload_conf()'],
    end: ['alter system reset default_transaction_read_only', 'select pg_reload_conf()'],
    says: /read-only transaction/,
  },
  'refuses our password': {
    begin: ["alter role boxoffice_worker password 'another'"],
    end: [], // the password is restored below
    says: /password authentication failed/,
  },
};

it.each(Object.entries(faults))('decides every accepted request once PostgreSQL no longer %s', async (_, fault) => {
  const [worker] = boxoffice.workers as [SpawnedService];
  const show = await boxoffice.addShow();
  const gate = await closeShow(boxoffice.orm, show);
  const accepted = await Promise.all(
    Array.from({ length: 60 }, (_, index) => boxoffice.book(show, String(index + 1), { user: index + 1 })),
  );
  expect(accepted.map(({ status }) => status)).toEqual(accepted.map(() => 202));
  await gate.reached(1);
  for (const statement of fault.begin) await admin.query(statement);
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'boxoffice_worker'",
  );
  await gate.open();
  await worker.waitForLog(fault.says);
  // A turn that was in progress says first that its session was terminated.
  await eventually(async () => {
    const response = await fetch(`${worker.url}/readyz`);
    expect(response.status).toBe(503);
    const { checks } = (await response.json()) as { checks: Record<string, string> };
    expect(checks.turns).toMatch(fault.says);
    return true;
  });
  for (const statement of fault.end) await admin.query(statement);
  // The settings are reloaded asynchronously.
  await eventually(async () => {
    const { rows } = await admin.query('show default_transaction_read_only');
    return rows[0].default_transaction_read_only === 'off';
  });
  const { password } = new URL(serviceUrl(boxoffice.databaseUrl, 'boxoffice_worker'));
  await admin.query(`alter role boxoffice_worker password '${password}'`);

  const outcomes = await Promise.all(
    accepted.map(({ body }, index) => boxoffice.outcome(body.id, { user: index + 1, timeoutMs: 30_000 })),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'succeeded'));
  await worker.ready();
});
