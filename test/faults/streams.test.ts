import { seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import type { SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { type EventReader, readEvents } from '@boxoffice/testing/events';
import { eventually } from '@boxoffice/testing/eventually';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
const readers: EventReader[] = [];
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true });
});
afterAll(async () => {
  for (const reader of readers) reader.close();
  await boxoffice.stop();
});

async function open(path: string, { lastId, url = boxoffice.url }: { lastId?: string; url?: string } = {}) {
  const reader = await readEvents(`${url}${path}`, {
    authorization: `Bearer ${boxoffice.token(1)}`,
    ...(lastId !== undefined && { 'last-event-id': lastId }),
  });
  readers.push(reader);
  return reader;
}
const seatEvents = (show: number) => `/api/shows/${show}/seats/events/`;
const mapOf = async (show: number) => (await boxoffice.call<SeatMap>(`/api/shows/${show}/seats/`)).body;

/** Books a seat; returns the id of the event in which this reader sees it. */
async function bookAndSee(show: number, seat: string, reader: EventReader): Promise<string> {
  await eventually(async () => (await boxoffice.book(show, seat, { wait: 10, key: `${show} ${seat}` })).status === 201);
  const { data, id = '' } = await reader.next('change');
  expect(data.seats).toMatchObject([{ seat_number: seat, status: 'booked' }]);
  return id;
}

it('a stopped gateway ends its streams and exits; they resume where they were on the next gateway', async () => {
  const [unchanged, changed] = [await boxoffice.addShow(), await boxoffice.addShow()];
  const gate = await closeShow(boxoffice.orm, await boxoffice.addShow({ id: 777 }));
  const gateway = await boxoffice.addGateway();
  const { url } = gateway;
  const { body: job } = await boxoffice.book(777, 'A1', { gateway });
  const streams = [await open(`/api/jobs/${job.id}/events/`, { url })];
  for (const show of [unchanged, changed]) streams.push(await open(seatEvents(show), { url }));
  const [lastJob, lastOfUnchanged, lastOfChanged] = await Promise.all(streams.map((stream) => stream.next()));
  expect(lastJob?.data.id).toBe(job.id);

  const stoppedAt = performance.now();
  const exit = gateway.stop();
  expect(await Promise.all(streams.map((stream) => stream.ended))).toEqual([true, true, true]);
  expect(await exit).toEqual({ code: 0, signal: null });
  expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  // Turns are blocked by the gate, so this row stands in for one that committed.
  await boxoffice.rows("insert into booking.seat_claims (show_id, seat_number, booking_id) values (?, 'B2', ?)", [
    changed,
    job.id,
  ]);

  const next = await boxoffice.addGateway({ PORT: new URL(url).port });
  const [jobAgain, here, there] = [
    await open(`/api/jobs/${job.id}/events/`, { url }),
    await open(seatEvents(unchanged), { url, lastId: lastOfUnchanged?.id ?? '' }),
    await open(seatEvents(changed), { url, lastId: lastOfChanged?.id ?? '' }),
  ];
  expect(await there.next()).toMatchObject({ event: 'snapshot', data: await mapOf(changed) });
  await gate.open();
  expect(await jobAgain.ended).toBe(true);
  expect(jobAgain.events.at(-1)?.data).toMatchObject({ id: job.id, status: 'succeeded' });
  await bookAndSee(unchanged, 'A1', here);
  expect(here.events).toHaveLength(1);
  await next.stop();
});

it('Redis crashes: a job stream reports unavailable, then the outcome; seat streams continue, and can be replayed', async () => {
  const show = await boxoffice.addShow();
  const [stays, leaves] = [await open(seatEvents(show)), await open(seatEvents(show))];
  await stays.next('snapshot');
  const lastId = await bookAndSee(show, 'A1', stays);
  await leaves.next('change');
  leaves.close();
  const gated = await boxoffice.addShow();
  const gate = await closeShow(boxoffice.orm, gated);
  const { body } = await boxoffice.book(gated, 'A1');
  await gate.reached(1);
  const job = await open(`/api/jobs/${body.id}/events/`);
  expect(await job.next()).toMatchObject({ event: 'job', data: { status: 'active' } });

  boxoffice.servers.redis.kill('SIGKILL');
  expect(await job.next()).toMatchObject({ event: 'unavailable', data: { code: 'queue_unavailable' } });
  const refused = await boxoffice.call(`/api/jobs/${body.id}/events/`, { user: 1 });
  expect(refused).toMatchObject({ status: 503, body: { code: 'queue_unavailable' } });
  await boxoffice.servers.redis.restart();
  expect(await job.next()).toMatchObject({ event: 'job', data: { id: body.id } });
  await gate.open();
  expect(await job.ended).toBe(true);
  expect(job.events.at(-1)?.data).toMatchObject({ status: 'succeeded', booking: { seats: ['A1'] } });

  await bookAndSee(show, 'A2', stays);
  await bookAndSee(show, 'A3', stays);
  const back = await open(seatEvents(show), { lastId });
  await back.next();
  await back.next();
  expect(back.events).toEqual(stays.events.slice(-2));
  // The gateway has subscribed again, and once, however many clients watch.
  const redis = new Redis(boxoffice.redisUrl);
  await eventually(async () => {
    const [, subscriptions] = (await redis.pubsub('NUMSUB', seatsChangedChannel)) as [string, number];
    return subscriptions === 1;
  });
  redis.disconnect();
});

it('PostgreSQL crashes: a seat stream reports unavailable, then the current map', async () => {
  const show = await boxoffice.addShow();
  const reader = await open(seatEvents(show));
  await reader.next('snapshot');
  boxoffice.servers.postgres.kill('SIGKILL');
  expect(await reader.next()).toMatchObject({ event: 'unavailable', data: { code: 'database_unavailable' } });
  expect(await boxoffice.call(seatEvents(show))).toMatchObject({ status: 503 });
  await boxoffice.servers.postgres.restart();
  expect(await reader.next()).toMatchObject({ event: 'snapshot', data: { show_id: show, available_seats: 100 } });
  await bookAndSee(show, 'A1', reader);
  expect((await open(seatEvents(show))).status).toBe(200);
});

it('a gateway that froze while others booked sends the current map when it wakes up', async () => {
  const show = await boxoffice.addShow();
  const gateway = (await boxoffice.addGateway()) as SpawnedService;
  const reader = await open(seatEvents(show), { url: gateway.url });
  await reader.next('snapshot');
  gateway.kill('SIGSTOP');
  for (const seat of ['A1', 'A2', 'A3']) await boxoffice.book(show, seat, { wait: 10 });
  gateway.kill('SIGCONT');
  await eventually(() => reader.events.at(-1)?.data.available_seats === 97);
});
