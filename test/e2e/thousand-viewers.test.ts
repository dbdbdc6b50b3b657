import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import type { SeatChanges, SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, it } from 'vitest';

const viewerCount = 1_000;
const totalSeats = 200;
/** Memory a gateway may add for all viewers, in bytes: 150 KiB each, garbage included. */
const memoryLimit = 150 * 1_024 * viewerCount;

let boxoffice: Boxoffice;
let gateway: SpawnedService;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ env: { EVENT_STREAM_LIMIT_PER_ADDRESS: '2000' } });
  gateway = boxoffice.gateways[0] as SpawnedService;
});
afterAll(() => boxoffice.stop());

it(`shows ${viewerCount} viewers the correct map while a show sells out and bookings are cancelled`, async () => {
  const show = await boxoffice.addShow({ totalSeats });
  await boxoffice.call(`/api/shows/${show}/seats/`);
  const before = await residentBytes(gateway.pid);
  let peak = before;
  const sampling = setInterval(async () => {
    peak = Math.max(peak, await residentBytes(gateway.pid).catch(() => 0));
  }, 100);
  const viewers = Array.from(
    { length: viewerCount },
    () => new Viewer(`${gateway.url}/api/shows/${show}/seats/events/`),
  );
  await eventually(() => viewers.every((viewer) => viewer.seats.size === totalSeats), { timeoutMs: 60_000 });
  const connected = await residentBytes(gateway.pid);

  const startedAt = performance.now();
  const bookings = await inFours(totalSeats / 2, (index) =>
    boxoffice.book(show, [String(2 * index + 1), String(2 * index + 2)], { user: index + 1, wait: 30 }),
  );
  expect(bookings.map(({ status }) => status)).toEqual(Array(totalSeats / 2).fill(201));
  const cancelled = bookings.filter((_, index) => index % 5 === 0);
  await inFours(cancelled.length, (index) =>
    boxoffice.cancel(cancelled[index]?.body.id ?? '', { user: index * 5 + 1, wait: 30 }),
  );
  const again = await boxoffice.book(show, '1', { user: 999, wait: 30 });
  expect(again.status).toBe(201);
  const answeredAt = performance.now();

  const { body: map, headers } = await boxoffice.call<SeatMap>(`/api/shows/${show}/seats/`);
  const tag = headers.get('etag')?.slice(1, -1);
  await eventually(() => viewers.every((viewer) => viewer.tag === tag), { timeoutMs: 30_000, intervalMs: 5 });
  const seenMs = performance.now() - answeredAt;
  const expected = Object.fromEntries(map.seats.map((seat) => [seat.seat_number, seat.status]));
  expect(map.available_seats).toBe(2 * cancelled.length - 1);
  for (const viewer of viewers) {
    expect(Object.fromEntries(viewer.seats)).toEqual(expected);
    expect(viewer.available).toBe(map.available_seats);
  }
  clearInterval(sampling);
  const after = await residentBytes(gateway.pid);
  const events = viewers.reduce((sum, viewer) => sum + viewer.events, 0);
  const mib = (bytes: number) => `${(bytes / 1_024 ** 2).toFixed(0)} MiB`;
  console.log(
    `${viewerCount} viewers · ${events} events · sold in ${((answeredAt - startedAt) / 1_000).toFixed(1)} s · ` +
      `last change seen by all ${seenMs.toFixed(0)} ms after its response · gateway ${mib(before)} before, ` +
      `${mib(connected)} connected, ${mib(peak)} peak, ${mib(after)} after`,
  );
  expect(peak - before).toBeLessThan(memoryLimit);
  for (const viewer of viewers) viewer.close();
  await eventually(async () => (await openStreams(gateway.internalUrl)) === 0);
}, 180_000);

/** Follows a seat stream and applies its events. */
class Viewer {
  readonly seats = new Map<string, string>();
  available = Number.NaN;
  tag = '';
  events = 0;
  #unread = '';
  readonly close: () => void;

  constructor(url: string) {
    const request = get(url, { agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => this.#read(text));
      response.on('error', () => undefined);
    });
    request.on('error', () => undefined);
    this.close = () => request.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#unread + text).split('\n\n');
    this.#unread = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, id, event, data] = /^id: (.*)\nevent: (snapshot|change)\ndata: (.*)$/.exec(block) ?? [];
      if (!id || !data) continue;
      const { seats, available_seats } = JSON.parse(data) as SeatMap | SeatChanges;
      if (event === 'snapshot') this.seats.clear();
      for (const { seat_number, status } of seats) this.seats.set(seat_number, status);
      this.available = available_seats;
      this.tag = id;
      this.events++;
    }
  }
}

/** Runs `work` for each index, four at a time. */
async function inFours<T>(number: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const one = async () => {
    for (let index = next++; index < number; index = next++) results[index] = await work(index);
  };
  await Promise.all([one(), one(), one(), one()]);
  return results;
}

async function residentBytes(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}

async function openStreams(url: string): Promise<number> {
  return Number(/^event_streams_open\{kind="seats"\} (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
}
