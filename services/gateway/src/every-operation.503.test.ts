/** The response of every operation while a dependency is down, compared with the document. */
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DocumentedOperation, readOperations, undocumented } from '../test/documented-operations.ts';

const operations = await readOperations();

let boxoffice: Boxoffice;
let showId: number;
/** A show that no test asks for before the catalog is down: facts of shows are cached for 2 seconds. */
let uncachedShowId: number;
/** The id of a booking that exists, and one that nobody has. */
const ids = { booked: '', unknown: '' };
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0, ownServers: true });
  showId = await boxoffice.addShow();
  uncachedShowId = await boxoffice.addShow();
  ids.booked = requestId(newEnvelopeId(0), showId, 0);
  ids.unknown = requestId(newEnvelopeId(0), showId, 1);
  await boxoffice.rows(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at, total, currency, paid_at, paid_with)
     values (?, ?, 1, '{A1}', 'booked', now(), 1100, 'EUR', now(), 'cash') returning id`,
    [showId, ids.booked],
  );
});
afterAll(() => boxoffice.stop());

/** Sends a valid request, and expects a documented response. */
async function send(
  operation: DocumentedOperation,
  id: string,
  { show = showId, headers = {} }: { show?: number; headers?: Record<string, string> } = {},
): Promise<string> {
  const { auth, method, parameters, exampleBody, path } = operation;
  const isNumber = parameters.some((parameter) => parameter.in === 'path' && parameter.schema.type === 'integer');
  // Only shows exist; for users the number must not be the administrator's own.
  const number = path.includes('/users/') ? 2 : show;
  const response = await boxoffice.call<{ code: string }>(path.replace('{id}', isNumber ? String(number) : id), {
    method,
    ...(auth !== 'none' && { user: 1, role: auth }),
    ...(exampleBody && { body: exampleBody }),
    headers,
  });
  const contentType = response.headers.get('content-type') ?? undefined;
  expect(undocumented(operation, { ...response, contentType }), operation.name).toBeNull();
  return response.body.code;
}

const documenting = (code: string) => operations.filter(({ codes }) => codes.includes(code));

test('without Redis, every operation that needs the queue answers 503 queue_unavailable', async () => {
  await boxoffice.servers.redis.stop();
  expect(documenting('queue_unavailable').length).toBeGreaterThan(5);
  for (const operation of documenting('queue_unavailable'))
    expect(await send(operation, ids.unknown), operation.name).toBe('queue_unavailable');
});

test('without the catalog, every operation that needs it answers 503 catalog_unavailable', async () => {
  boxoffice.catalog.kill('SIGKILL');
  await boxoffice.catalog.exited;
  expect(documenting('catalog_unavailable').length).toBeGreaterThan(20);
  // The facts of the show are cached for two seconds; Redis is still away.
  const book = operations.find(({ id }) => id === 'bookSeats');
  await eventually(async () => book && (await send(book, ids.booked)) === 'catalog_unavailable');
  for (const operation of documenting('catalog_unavailable'))
    expect(await send(operation, ids.booked, { show: uncachedShowId }), operation.name).toBe('catalog_unavailable');
});

test('without PostgreSQL, every operation that reads it answers 503 database_unavailable', async () => {
  await boxoffice.servers.postgres.stop();
  const others = [
    'adminGetQueues', // reads Redis alone, and needs the database only until the gateway has read the revocations
    'receivePaymentEvent', // needs an event that is signed
  ];
  const readers = documenting('database_unavailable').filter(({ id }) => !others.includes(id));
  for (const operation of readers) {
    // Who waits for a cancellation learns from the worker whether there is such a booking.
    const code = await send(operation, ids.booked, { headers: { prefer: 'respond-async' } });
    // The catalog is still down: an operation that needs it first reports that instead.
    const expected = operation.codes.includes('catalog_unavailable') ? /^(catalog|database)_/ : /^database_/;
    expect(code, operation.name).toMatch(expected);
  }
});
