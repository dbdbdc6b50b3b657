import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { SeatChanges, SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { type Occupancy, seatAt, seatMap, seatMapTag } from '@boxoffice/shared/seats';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ViewerStream, WatchedShow } from './watched-show.ts';

const away = new ProblemError('catalog_unavailable');
const plan = { total_seats: 6, seats_per_row: 3, layout_id: null };

/** An occupancy from a number per seat: 0 available, 1 held, 2 booked. */
function occupancy(seats: number[], totalSeats = plan.total_seats): Occupancy {
  const labels = (status: number) =>
    seats.flatMap((one, index) => (one === status ? seatAt(index + 1, plan).label : [])).join(' ');
  return { ...plan, prices: null, total_seats: totalSeats, booked: labels(2), held: labels(1) };
}

/** A client that follows the documentation, and stops and resumes reading on command. */
class Client {
  readonly seats = new Map<string, string>();
  available = Number.NaN;
  id: string | undefined;
  outdated = false;
  events: string[] = [];
  #stream: (ViewerStream & { isBehind: boolean }) | null = null;
  #leave: () => void = () => undefined;
  #caughtUp: () => void = () => undefined;

  connect(show: WatchedShow): void {
    const closed = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    const stream = {
      isBehind: false,
      onCaughtUp: (listener: () => void) => {
        this.#caughtUp = listener;
      },
      closed,
      send: (event: Buffer) => stream === this.#stream && this.#apply(event.toString()),
      end: () => undefined,
    };
    this.#stream = stream;
    this.outdated = false; // streams are opened only while the map can be read
    show.addViewer(stream, this.id);
  }

  disconnect(): void {
    this.#stream = null;
    this.#leave();
  }

  /** Stops reading: everything sent so far has been read, and nothing more may be sent. */
  stall(): void {
    if (this.#stream) this.#stream.isBehind = true;
  }

  resume(): void {
    if (!this.#stream?.isBehind) return;
    this.#stream.isBehind = false;
    this.#caughtUp();
  }

  get isConnected(): boolean {
    return this.#stream !== null;
  }

  #apply(text: string): void {
    expect(this.#stream?.isBehind).toBe(false);
    const [, id, event = '', data = ''] = /^(?:id: (.*)\n)?event: (.*)\ndata: (.*)\n\n$/.exec(text) ?? [];
    this.events.push(event);
    this.outdated = event === 'unavailable';
    if (event === 'unavailable') return;
    const { seats, available_seats } = JSON.parse(data) as SeatMap | SeatChanges;
    if (event === 'snapshot') this.seats.clear();
    for (const { seat_number, status } of seats) this.seats.set(seat_number, status);
    this.available = available_seats;
    this.id = id;
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('change' as const), seat: fc.nat(5), to: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('grow' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('connect' as const, 'disconnect' as const, 'stall' as const, 'resume' as const),
      client: fc.nat(2),
    }),
  },
);

test('every client that reads has the current map, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      let totalSeats = 5;
      const seats = [0, 0, 0, 0, 0, 0];
      const now = () => occupancy(seats.slice(0, totalSeats), totalSeats);
      let show = new WatchedShow(1);
      show.update(now());
      const clients = [new Client(), new Client(), new Client()];
      const holds = () => {
        const map = seatMap(1, now());
        for (const client of clients.filter((one) => one.isConnected)) {
          client.resume();
          expect(Object.fromEntries(client.seats)).toEqual(
            Object.fromEntries(map.seats.map((seat) => [seat.seat_number, seat.status])),
          );
          expect(client.available).toBe(map.available_seats);
          expect(`"${client.id}"`).toBe(seatMapTag(now()));
          expect(client.outdated).toBe(false);
        }
      };
      for (const one of steps) {
        if (one.do === 'change') {
          if (one.seat < totalSeats) seats[one.seat] = one.to;
          show.update(now());
        } else if (one.do === 'grow') {
          totalSeats = 6;
          show.update(now());
        } else if (one.do === 'fail') {
          show.fail(away);
        } else if (one.do === 'restart') {
          for (const client of clients) client.disconnect();
          show = new WatchedShow(1);
          show.update(now());
        } else {
          const client = clients[one.client] as Client;
          if (one.do !== 'connect') client[one.do]();
          else if (!client.isConnected && !show.problem) client.connect(show);
        }
        await Promise.resolve();
      }
      show.update(now());
      holds();
    }),
    { numRuns: 2_000 },
  );
});

function connected(show: WatchedShow): Client {
  const client = new Client();
  client.connect(show);
  return client;
}

test('a client that reconnects gets what it missed, and nothing else', () => {
  const show = new WatchedShow(1);
  show.update(occupancy([0, 0]));
  const client = connected(show);
  const other = connected(show);
  client.disconnect();
  show.update(occupancy([2, 0]));
  show.update(occupancy([2, 1]));
  client.connect(show);
  expect(client.events).toEqual(['snapshot', 'change', 'change']);
  expect(client.seats).toEqual(other.seats);
  client.disconnect();
  client.connect(show);
  expect(client.events).toHaveLength(3);
});

test('a client that missed changes which cancelled out gets nothing, and then the next change', () => {
  const show = new WatchedShow(1);
  show.update(occupancy([0, 0]));
  const client = connected(show);
  client.disconnect();
  show.update(occupancy([2, 0]));
  show.update(occupancy([0, 0]));
  client.connect(show);
  show.update(occupancy([0, 2]));
  expect(client.events).toEqual(['snapshot', 'change']);
});

test('a client that missed too many changes gets the whole map', () => {
  const show = new WatchedShow(1);
  show.update(occupancy([0, 0]));
  const client = connected(show);
  client.disconnect();
  for (let round = 0; round < 1_000; round++) show.update(occupancy([round % 3, 1 + (round % 2)]));
  client.connect(show);
  expect(client.events).toEqual(['snapshot', 'snapshot']);
});

test('a client gets the whole map when prices change', () => {
  const show = new WatchedShow(7);
  show.update(occupancy([0, 2]));
  const client = new Client();
  client.connect(show);
  show.update({ ...occupancy([0, 2]), prices: { standard: 900 } });
  expect(client.events).toEqual(['snapshot', 'snapshot']);
});

test('a client that is behind is sent nothing until it has caught up, and then what it missed', () => {
  const show = new WatchedShow(1);
  show.update(occupancy([0, 0]));
  const client = connected(show);
  client.stall();
  show.update(occupancy([2, 0]));
  show.update(occupancy([2, 2]));
  expect(client.events).toEqual(['snapshot']);
  client.resume();
  expect(client.events).toEqual(['snapshot', 'change', 'change']);
});

test('an unavailable map is reported once, and followed by the whole map even if it is the same', () => {
  const show = new WatchedShow(1);
  show.update(occupancy([0, 0]));
  const client = connected(show);
  show.fail(away);
  show.fail(away);
  show.update(occupancy([0, 0]));
  show.update(occupancy([0, 2]));
  expect(client.events).toEqual(['snapshot', 'unavailable', 'snapshot', 'change']);
});
