/** The outcomes of requests as PostgreSQL keeps them: in a row of their own, or in the booking that they made or cancelled. */
import { requestId } from '@boxoffice/shared/booking-id';
import { problem } from '@boxoffice/shared/contracts/problems';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoredOutcomes } from './stored-outcomes.ts';

const envelopeId = '661437b2-96d7-8000-8e67-ca0000000000';
const show = 5;
const key = { hash: 'AAECAwQFBgcICQoLDA0ODw', fingerprint: '__________________8AAA' };
const hexOf = (base64url: string) => Buffer.from(base64url, 'base64url').toString('hex');
const [held, until, cancelled, paid] = [1, 2, 3, 4].map((hour) => `2030-01-02T0${hour}:00:00.123Z`);

let database: TestDatabase;
let owner: MikroORM;
let orm: MikroORM;
let outcomes: StoredOutcomes;
let places = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await openDatabase({ url: database.url });
  orm = await openDatabase({ url: database.url, role: 'boxoffice_gateway' });
  outcomes = new StoredOutcomes(orm);
});
afterAll(async () => {
  await orm.close();
  await owner.close();
  await database.drop();
});

const nextId = () => requestId(envelopeId, show, places++);
const insert = (table: string, row: object) =>
  owner.em
    .getConnection()
    .execute(`insert into booking.${table} select * from json_populate_record(null::booking.${table}, ?::json)`, [
      JSON.stringify({ show_id: show, user_id: 7, ...row }),
    ]);
/** Adds a booking that was made by the request with its id, and returns the id. */
async function addBooking(fields: object = {}): Promise<string> {
  const id = nextId();
  await insert('bookings', { id, seats: ['A1'], status: 'booked', created_at: '2030-01-01T12:00:00Z', ...fields });
  return id;
}
async function addRequest(fields: object): Promise<string> {
  const id = nextId();
  await insert('requests', { id, kind: 'book', decided_at: '2030-01-01T12:00:00Z', ...fields });
  return id;
}
const find = async (id: string) => (await outcomes.findMany([id])).get(id);

const view = (id: string, fields: object = {}) => ({
  ...{ id, show_id: show, seats: ['A1'], seat_number: 'A1', status: 'booked' },
  ...{ created_at: '2030-01-01T12:00:00.000Z', cancelled_at: null },
  ...fields,
});

test('a request that made a booking succeeded, whatever has happened to it since', async () => {
  const id = await addBooking({ status: 'cancelled', cancelled_at: cancelled, cancel_reason: 'Changed my mind' });
  expect(await find(id)).toEqual({
    ...{ kind: 'book', userId: 7 },
    outcome: { id, status: 'succeeded', booking: view(id) },
  });
});

test('a request that made a hold has it as it was, with its price', async () => {
  const items = [{ seat: 'A1', category: 'standard', amount: 900 }];
  const price = { items, total: 900, currency: 'EUR', code: 'ABCDEFGH' };
  const ofPrice = { total: { amount: 900, currency: 'EUR' }, items, code: 'ABCDEFGH' };
  const id = await addBooking({ expires_at: held, ...price, paid_at: paid, payment_id: nextId() });
  expect(await find(id)).toMatchObject({
    kind: 'hold',
    outcome: { status: 'succeeded', booking: view(id, { status: 'held', expires_at: held, ...ofPrice }) },
  });
  // Its payment began, which made it last longer.
  const longer = await addBooking({ status: 'held', expires_at: until, held_until: held, ...price });
  expect(await find(longer)).toMatchObject({ outcome: { booking: { status: 'held', expires_at: held } } });
  const checkout = await addRequest({ kind: 'checkout', status: 'succeeded', booking_id: longer });
  expect(await find(checkout)).toMatchObject({ kind: 'checkout', outcome: { booking: { expires_at: until } } });
});

test('a request that cancelled a booking is found by what the booking says', async () => {
  const by = nextId();
  const fields = { status: 'cancelled', cancelled_at: cancelled, cancelled_by: by, cancel_reason: 'Changed my mind' };
  const id = await addBooking(fields);
  const booking = view(id, { status: 'cancelled', cancelled_at: cancelled, cancel_reason: 'Changed my mind' });
  expect(await find(by)).toEqual({ kind: 'cancel', userId: 7, outcome: { id: by, status: 'succeeded', booking } });
});

test('a row of its own comes first: the kind of request, who sent it, and its booking', async () => {
  const payment = nextId();
  const price = { items: [], total: 0, currency: 'EUR', code: 'ABCDEFGH' };
  const id = await addBooking({ expires_at: held, ...price, paid_at: paid, payment_id: payment });
  const confirmed = await addRequest({ kind: 'confirm', status: 'succeeded', booking_id: id, user_id: 8 });
  expect(await find(confirmed)).toMatchObject({
    ...{ kind: 'confirm', userId: 8 },
    outcome: { id: confirmed, booking: { id, status: 'booked', paid_at: paid, payment_id: payment } },
  });
  // A row says what its request did: no booking that says that it was cancelled by it is looked for.
  const by = await addRequest({ kind: 'cancel', status: 'succeeded', booking_id: nextId() });
  await addBooking({ status: 'cancelled', cancelled_at: cancelled, cancelled_by: by });
  await expect(find(by)).rejects.toThrow(/missing/);
});

test.each(['rejected', 'failed'] as const)('a request that was %s has its problem', async (status) => {
  const refusal = problem('seat_taken', 'Seat A1 is taken.', { seats: ['A1'] });
  const id = await addRequest({ kind: 'hold', status, problem: refusal });
  expect(await find(id)).toEqual({ kind: 'hold', userId: 7, outcome: { id, status, problem: refusal } });
});

test('many are found at once, and those that are unknown, or no ids, are left out', async () => {
  const [first, second] = [await addBooking(), await addRequest({ status: 'rejected', problem: problem('not_found') })];
  const found = await outcomes.findMany([second, nextId(), 'nonsense', first]);
  expect([...found.keys()].sort()).toEqual([first, second].sort());
  expect(await outcomes.findMany([])).toEqual(new Map());
  expect(await outcomes.findMany(['nonsense'])).toEqual(new Map());
});

test('a row whose booking is gone is an error, not an outcome', async () => {
  const id = await addRequest({ status: 'succeeded', booking_id: nextId() });
  await expect(find(id)).rejects.toThrow(`the booking of request ${id} is missing`);
});

test('the request that a key belongs to is found for its show and user alone', async () => {
  const [key_hash, fingerprint] = [key.hash, key.fingerprint].map((text) => `\\x${hexOf(text)}`);
  const id = await addRequest({ status: 'rejected', problem: problem('not_found'), key_hash, fingerprint });
  const found = { id, fingerprint: key.fingerprint, ageMs: Number.POSITIVE_INFINITY };
  expect(await outcomes.findKeyOwner(show, 7, key)).toEqual(found);
  expect(await outcomes.findKeyOwner(show, 8, key)).toBeNull();
  expect(await outcomes.findKeyOwner(6, 7, key)).toBeNull();
  expect(await outcomes.findKeyOwner(show, 7, { hash: key.fingerprint })).toBeNull();
});

test('without the database, nothing is known', async () => {
  const nowhere = new URL(database.url);
  nowhere.port = '1';
  const away = await openDatabase({ url: nowhere.href });
  const lookups = new StoredOutcomes(away);
  await expect(lookups.findMany([nextId()])).rejects.toMatchObject({ problem: { code: 'database_unavailable' } });
  await expect(lookups.findKeyOwner(show, 7, key)).rejects.toMatchObject({ problem: { code: 'database_unavailable' } });
  await away.close();
});
