import { partitionOf } from '@boxoffice/shared/partition';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { ownerOf } from '@boxoffice/testing/owner-of';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
let frozen: SpawnedService | undefined;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 2 });
});
afterAll(async () => {
  frozen?.kill('SIGCONT');
  await boxoffice.stop();
});

it('keeps every outcome when an owner wakes up in mid-turn after its partition was taken over', async () => {
  const show = await boxoffice.addShow();
  const owner = await ownerOf(boxoffice, show);
  const other = boxoffice.workers.find((worker) => worker !== owner) as SpawnedService;
  const held = await boxoffice.book(show, 'A1', { user: 1, wait: 10 });
  expect(held.status).toBe(201);

  const gate = await closeShow(boxoffice.orm, show);
  const loser = await boxoffice.book(show, ['A1', 'A2'], { user: 2 });
  await gate.reached(1);
  const winner = await boxoffice.book(show, 'A3', { user: 3 });
  frozen = owner;
  owner.kill('SIGSTOP');
  await endLeasesOn(partitionOf(show, 8));
  await ownerOf(boxoffice, show, [other]);
  await gate.open();
  const outcomeOf = async (id: string, user: number) => (await boxoffice.outcome(id, { user })).status;
  expect(await outcomeOf(loser.body.id, 2)).toBe('rejected');
  expect(await outcomeOf(winner.body.id, 3)).toBe('succeeded');
  // The loser's seat is free now: if the old owner decided the request again, the loser would win.
  expect((await boxoffice.cancel(held.body.id)).body.status).toBe('cancelled');
  const claims = () => boxoffice.rows('select seat_number, booking_id from booking.seat_claims order by 1');
  const before = await claims();
  expect(before).toEqual([{ seat_number: 'A3', booking_id: winner.body.id }]);

  owner.kill('SIGCONT');
  await owner.waitForLog(/lease connection lost/);
  await ownerOf(boxoffice, show);
  await eventually(async () => (await openTurns()) === 0);
  expect(await claims()).toEqual(before);
  expect(await outcomeOf(loser.body.id, 2)).toBe('rejected');
  expect((await boxoffice.book(show, 'A1', { user: 4, wait: 10 })).status).toBe(201);
});

it('decides in order of acceptance when an owner wakes up and takes the next envelope of a partition it has lost', async () => {
  const show = await boxoffice.addShow();
  const owner = await ownerOf(boxoffice, show);
  const other = boxoffice.workers.find((worker) => worker !== owner) as SpawnedService;
  const held = await boxoffice.book(show, 'A1', { user: 1, wait: 10 });
  expect(held.status).toBe(201);
  frozen = owner;
  owner.kill('SIGSTOP');

  const gate = await closeShow(boxoffice.orm, show);
  const first = await boxoffice.book(show, 'A2', { user: 2 });
  const cancel = await boxoffice.cancel(held.body.id, { user: 1, wait: 0 });
  const next = await boxoffice.book(show, 'A1', { user: 3 });
  const tooLate = await boxoffice.book(show, 'A1', { user: 4 });
  await endLeasesOn(partitionOf(show, 4));
  await ownerOf(boxoffice, show, [other]);
  await gate.reached(1);
  expect(await workersPresent()).toBe(1);
  owner.kill('SIGCONT');
  await eventually(async () => (await workersPresent()) === 2);
  await gate.open();

  const outcomeOf = async (id: string, user: number) => (await boxoffice.outcome(id, { user })).status;
  expect(await outcomeOf(first.body.id, 2)).toBe('succeeded');
  expect(await outcomeOf(cancel.body.id, 1)).toBe('succeeded');
  expect(await outcomeOf(next.body.id, 3)).toBe('succeeded');
  expect(await outcomeOf(tooLate.body.id, 4)).toBe('rejected');
});

it('takes over the partitions of an owner that stays frozen, and keeps serving', async () => {
  const show = await boxoffice.addShow();
  const owner = await ownerOf(boxoffice, show);
  frozen = owner;
  owner.kill('SIGSTOP');
  const response = await boxoffice.book(show, 'A1', { wait: 25 });
  expect(response.status).toBe(201);
  owner.kill('SIGCONT');
  await ownerOf(boxoffice, show);
});

/** Ends the session that holds this partition's lease, as PostgreSQL does when its owner stays frozen. */
async function endLeasesOn(partition: number): Promise<void> {
  await boxoffice.rows(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 2 and classid = 7232
      and objid = ? and database = (select oid from pg_database where datname = current_database())`,
    [partition],
  );
}

async function workersPresent(): Promise<number> {
  const sessions = await boxoffice.rows(
    `select 1 from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and classid = 7231
      and database = (select oid from pg_database where datname = current_database())`,
  );
  return sessions.length;
}

async function openTurns(): Promise<number> {
  const turns = await boxoffice.rows(
    `select 1 from pg_stat_activity where application_name = 'boxoffice_worker' and state <> 'idle'
      and datname = current_database()`,
  );
  return turns.length;
}
