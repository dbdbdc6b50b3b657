import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Boxoffice, startBoxoffice } from '../../../../test/support/boxoffice.ts';
import { type EventReader, readEvents } from '../../../../test/support/events.ts';

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

test('the whole map first, then each seat that changes, through whichever gateway', async () => {
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
        { seat_number: 'A2', row: 'A', number: 2, status: 'booked' },
        { seat_number: 'B1', row: 'B', number: 1, status: 'booked' },
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
