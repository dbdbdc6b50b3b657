import { seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { type EventReader, readEvents } from '@boxoffice/testing/events';
import { eventually } from '@boxoffice/testing/eventually';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
const readers: EventReader[] = [];
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2 });
});
afterAll(async () => {
  for (const reader of readers) reader.close();
  await boxoffice.stop();
});

async function watch(show: number, headers?: Record<string, string>, gateway = 0): Promise<EventReader> {
  const reader = await readEvents(`${boxoffice.gateways[gateway]?.url}/api/shows/${show}/seats/events/`, headers);
  readers.push(reader);
  return reader;
}

const mapOf = (show: number) => boxoffice.call(`/api/shows/${show}/seats/`);

/** What is the same for every seat of a show without a screen and without prices. */
const plain = { category: 'standard', accessible: false, price: 0 };

test('the whole map first, then each change, through every gateway', async () => {
  const show = await boxoffice.addShow({ totalSeats: 12, seatsPerRow: 6 });
  const [here, there] = [await watch(show), await watch(show, {}, 1)];
  expect(here.status).toBe(200);
  expect(here.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': expect.any(String),
  });
  expect(here.text).toMatch(/^retry: \d{4}\n\n/);
  const { headers, body: map } = await mapOf(show);
  const snapshot = { event: 'snapshot', data: map, id: headers.get('etag')?.slice(1, -1) };
  expect(await here.next()).toEqual(snapshot);
  expect(await there.next()).toEqual(snapshot);

  const { body } = await boxoffice.book(show, ['A2', 'B1'], { wait: 10 });
  const taken = {
    event: 'change',
    data: {
      show_id: show,
      available_seats: 10,
      seats: [
        { seat_number: 'A2', row: 'A', number: 2, column: 2, ...plain, status: 'booked' },
        { seat_number: 'B1', row: 'B', number: 1, column: 1, ...plain, status: 'booked' },
      ],
    },
    id: (await mapOf(show)).headers.get('etag')?.slice(1, -1),
  };
  expect(await here.next()).toEqual(taken);
  expect(await there.next()).toEqual(taken);

  await boxoffice.cancel(body.id, { wait: 10 });
  const free = { event: 'change', data: { available_seats: 12 }, id: snapshot.id };
  expect(await here.next()).toMatchObject(free);
  expect(await there.next()).toMatchObject(free);
});

/** Books a seat. Returns the event in which these readers see it. */
async function take(show: number, seat: string, ...seeing: EventReader[]) {
  expect((await boxoffice.book(show, seat, { wait: 10 })).status).toBe(201);
  const seen = await Promise.all(seeing.map((reader) => reader.next('change')));
  for (const event of seen) expect(event.data.seats).toMatchObject([{ seat_number: seat, status: 'booked' }]);
  return seen[0];
}

test('Last-Event-ID: nothing if nothing was missed; an ETag of the map works too', async () => {
  const show = await boxoffice.addShow();
  const stays = await watch(show);
  const { id = '' } = await stays.next('snapshot');
  const [byId, byTag] = [await watch(show, { 'last-event-id': id }), await watch(show, { 'last-event-id': `"${id}"` })];
  await take(show, 'A1', stays, byId, byTag);
  expect(byId.events).toHaveLength(1);
  expect(byTag.events).toEqual(byId.events);
});

test('Last-Event-ID: exactly the changes that were missed', async () => {
  const show = await boxoffice.addShow();
  const [stays, leaves] = [await watch(show), await watch(show)];
  await stays.next('snapshot');
  await leaves.next('snapshot');
  const last = await take(show, 'A1', stays, leaves);
  leaves.close();
  await take(show, 'A2', stays);
  await take(show, 'A3', stays);
  const back = await watch(show, { 'last-event-id': last?.id ?? '' });
  await back.next();
  await back.next();
  expect(back.events).toEqual(stays.events.slice(-2));
});

test('Last-Event-ID: the whole map for an unknown id', async () => {
  const show = await boxoffice.addShow();
  const reader = await watch(show, { 'last-event-id': 'of-another-time' });
  expect(await reader.next()).toMatchObject({ event: 'snapshot', data: { available_seats: 100 } });
});

test('a seat that is freed and taken again in one turn is not a change; the next one is', async () => {
  const show = await boxoffice.addShow();
  await boxoffice.book(show, 'A1', { wait: 10 });
  const reader = await watch(show);
  await reader.next('snapshot');
  // The result of such a turn: in one commit the claim belongs to another booking.
  await boxoffice.rows('update booking.seat_claims set booking_id = ? where show_id = ?', [
    '00000000-0000-8000-8000-000000000000',
    show,
  ]);
  await take(show, 'B1', reader);
  expect(reader.events).toHaveLength(2);
});

test('a worker announces once which shows have changed, and only those where a seat was taken or freed', async () => {
  const [show, other] = [await boxoffice.addShow(), await boxoffice.addShow()];
  const redis = new Redis(boxoffice.redisUrl);
  const hints: number[] = []; // other tests use this Redis too
  redis.on('message', (_channel, message) =>
    hints.push(...(JSON.parse(message) as number[]).filter((id) => id === show || id === other)),
  );
  await redis.subscribe(seatsChangedChannel);
  expect((await boxoffice.book(show, ['A1', 'A2'], { wait: 10 })).status).toBe(201);
  expect((await boxoffice.book(show, ['A2', 'A3'], { wait: 10 })).status).toBe(409);
  expect((await boxoffice.book(other, 'A1', { wait: 10 })).status).toBe(201);
  await eventually(() => hints.includes(other));
  expect(hints).toEqual([show, other]);
  redis.disconnect();
});

test('a change that was not announced is seen too', async () => {
  const show = await boxoffice.addShow();
  const reader = await watch(show);
  await reader.next('snapshot');
  await boxoffice.rows("insert into booking.seat_claims (show_id, seat_number, booking_id) values (?, 'C3', ?)", [
    show,
    '00000000-0000-8000-8000-000000000000',
  ]);
  expect(await reader.next()).toMatchObject({ event: 'change', data: { seats: [{ seat_number: 'C3' }] } });
});

test('a new snapshot when a hall grows; the stream ends when the show is deleted', async () => {
  const show = await boxoffice.addShow({ totalSeats: 10 });
  const reader = await watch(show);
  await reader.next('snapshot');
  await boxoffice.call(`/api/admin/shows/${show}/`, {
    method: 'PATCH',
    user: 1,
    role: 'admin',
    body: { total_seats: 11 },
  });
  expect((await reader.next('snapshot')).data).toEqual((await mapOf(show)).body);
  await boxoffice.call(`/api/admin/shows/${show}/`, { method: 'DELETE', user: 1, role: 'admin' });
  expect(await reader.ended).toBe(true);
  expect((await watch(show)).status).toBe(404);
});

test('a stream is logged once, when it ends, and its events are counted', async () => {
  const show = await boxoffice.addShow();
  const reader = await watch(show, { 'x-request-id': `stream-of-${show}` });
  await reader.next('snapshot');
  await take(show, 'A1', reader);
  const lines = () => boxoffice.gateways[0]?.logs.filter((line) => line.includes(`"stream-of-${show}"`)) ?? [];
  expect(lines()).toEqual([]);
  reader.close();
  await eventually(() => lines().length > 0);
  expect(lines().map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'request', method: 'GET', route: '/api/shows/:id/seats/events/', status: 200, events: 2 },
  ]);
  const metrics = await boxoffice.metrics();
  expect(metrics).toMatch(/event_stream_events_total\{kind="seats"\} [1-9]/);
});
