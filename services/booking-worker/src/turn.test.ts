import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { envelope } from '@boxoffice/testing/envelope';
import { closeShow } from '@boxoffice/testing/show-gate';
import pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presenceClass } from './leases/leases.ts';
import { TurnMetrics } from './metrics.ts';
import { Bookings } from './store.ts';
import { Turns } from './turn.ts';

const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });

let database: TestDatabase;
/** As the worker sees the database, and with every right. */
let orm: MikroORM;
let admin: MikroORM;
let leaseHolder: pg.Client;
/** Holds the leases of all workers here: each serves a partition of its own. */
let session: number;
let partition = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({
    url: database.url,
    role: 'boxoffice_worker',
    poolSize: 4,
    statementTimeoutMs: 10_000,
    pipeline: true,
  });
  admin = await openDatabase({ url: database.url });
  leaseHolder = new pg.Client({ connectionString: database.url });
  await leaseHolder.connect();
  const { rows } = await leaseHolder.query<{ session: number }>(
    'select pg_backend_pid() as session from pg_try_advisory_lock($1, pg_backend_pid())',
    [presenceClass],
  );
  session = rows[0]?.session ?? 0;
});
afterAll(async () => {
  await leaseHolder.end();
  await orm.close();
  await admin.close();
  await database.drop();
});

/** The turns of a new worker, which holds the lease of a partition that is its own. */
function newTurns(bookings = new Bookings(orm)) {
  const turns = new Turns({ bookings, logger, metrics: new TurnMetrics(new Registry()) });
  const lease = { partition: partition++, session };
  return { decide: (requests: BookingRequest[]) => turns.decide(requests, lease) };
}

async function rows<Row extends object>(statement: string, parameters: unknown[] = []): Promise<Row[]> {
  return admin.em.getConnection().execute<Row[]>(statement, parameters);
}

async function addShow(totalSeats = 100): Promise<number> {
  const [show] = await rows<{ id: number }>(
    `with movie as (insert into catalog.movies (title, duration_minutes) values ('The Last Reel', 118) returning id)
     insert into catalog.shows (movie_id, screen_name, date_time, total_seats)
     select id, 'Screen 1', now() + interval '1 day', ? from movie returning id`,
    [totalSeats],
  );
  return show?.id ?? 0;
}

/** Has envelopes decided in one turn: they gather while the turn before them is under way. */
async function decideTogether(
  turns: ReturnType<typeof newTurns>,
  ...envelopes: BookingRequest[][]
): Promise<Outcome[][]> {
  const before = turns.decide(envelope(await addShow(), [{ seats: ['A1'] }]));
  const decided = envelopes.map((requests) => turns.decide(requests));
  await before;
  return Promise.all(decided);
}

const statuses = (outcomes: Outcome[]) => outcomes.map((outcome) => outcome.status);
const idOf = (requests: BookingRequest[], place = 0) => requests[place]?.id ?? '';
const taken = (...seats: string[]) => ({ status: 'rejected', problem: { code: 'seat_taken', seats } });

function claimsOf(showId: number): Promise<{ seat_number: string; booking_id: string }[]> {
  return rows('select seat_number, booking_id from booking.seat_claims where show_id = ? order by 1', [showId]);
}

/** What the tables hold of a show, to compare before and after. */
async function contentsOf(showId: number): Promise<unknown> {
  return [await claimsOf(showId), await rows('select * from booking.bookings where show_id = ? order by id', [showId])];
}

describe('a turn', () => {
  it('sells a seat to the first of fifty who ask at once, each in an envelope of its own', async () => {
    const show = await addShow();
    const turns = newTurns();
    const buyers = Array.from({ length: 50 }, (_, user) => envelope(show, [{ seats: ['A1'], user }]));
    const outcomes = (await Promise.all(buyers.map((requests) => turns.decide(requests)))).flat();
    expect(outcomes[0]).toMatchObject({ status: 'succeeded', booking: { seat_number: 'A1' } });
    for (const outcome of outcomes.slice(1)) expect(outcome).toMatchObject(taken('A1'));
    expect(await claimsOf(show)).toEqual([{ seat_number: 'A1', booking_id: idOf(buyers[0] ?? []) }]);
  });

  it('books several seats all or none, whatever contends for them', async () => {
    const show = await addShow();
    const requests = envelope(show, [
      { seats: ['A2'] },
      { seats: ['A1', 'A2', 'A3'] },
      { seats: ['A3', 'A4'] },
      { seats: ['A5', 'A4', 'A3'] },
      { seats: ['A1', 'A5'] },
    ]);
    const outcomes = await newTurns().decide(requests);
    expect(outcomes).toMatchObject([
      { status: 'succeeded' },
      taken('A2'),
      { status: 'succeeded' },
      taken('A4', 'A3'),
      { status: 'succeeded' },
    ]);
    expect((await claimsOf(show)).map((claim) => claim.seat_number)).toEqual(['A1', 'A2', 'A3', 'A4', 'A5']);
  });

  it('never sells more seats than there are to workers that race past every lease', async () => {
    const show = await addShow(10);
    const workers = Array.from({ length: 3 }, () => newTurns());
    const seats = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10'];
    const pairs = Array.from({ length: 60 }, (_, index) => [seats[index % 10] ?? '', seats[(index + 1) % 10] ?? '']);
    const gate = await closeShow(admin, show);
    const deciding = pairs.map((pair, index) => workers[index % 3]?.decide(envelope(show, [{ seats: pair }])));
    await gate.reached(3);
    await gate.open();
    const outcomes = await Promise.all(deciding);
    const sold = outcomes.flatMap((one) => (one?.[0]?.status === 'succeeded' ? one[0].booking.seats : []));
    expect(new Set(sold).size).toBe(sold.length);
    expect((await claimsOf(show)).map((claim) => claim.seat_number).sort()).toEqual(sold.sort());
  });

  it('gives a seat that a cancel frees to the very next request', async () => {
    const show = await addShow();
    const turns = newTurns();
    const first = envelope(show, [{ seats: ['A1'] }]);
    await turns.decide(first);
    const second = envelope(show, [{ seats: ['A1'], user: 2 }, { cancel: idOf(first) }, { seats: ['A1'], user: 3 }]);
    expect(await turns.decide(second)).toMatchObject([taken('A1'), { status: 'succeeded' }, { status: 'succeeded' }]);
    expect(await claimsOf(show)).toEqual([{ seat_number: 'A1', booking_id: idOf(second, 2) }]);
  });

  it('cancels for the owner alone, and twice with the same answer', async () => {
    const show = await addShow();
    const turns = newTurns();
    const booked = envelope(show, [{ seats: ['A1'] }]);
    await turns.decide(booked);
    const id = idOf(booked);
    const [stranger, first, second] = await turns.decide(
      envelope(show, [{ cancel: id, user: 2 }, { cancel: id }, { cancel: id }]),
    );
    expect(stranger).toMatchObject({ status: 'rejected', problem: { code: 'booking_not_found' } });
    expect(first).toMatchObject({ status: 'succeeded', booking: { id, status: 'cancelled' } });
    const [third] = await turns.decide(envelope(show, [{ cancel: id }]));
    for (const again of [second, third])
      expect(again).toMatchObject({ booking: (first as { booking: object }).booking });
  });

  it('gives a job that runs again, by another worker, the same outcomes, and changes nothing', async () => {
    const show = await addShow();
    const before = envelope(show, [{ seats: ['A1', 'A5'] }]);
    await newTurns().decide(before);
    const requests = envelope(show, [
      { seats: ['A1'], user: 2 },
      { seats: ['A5'], user: 5 },
      { cancel: idOf(before) },
      { seats: ['A1', 'A2'], user: 3 },
      { seats: ['A2'], user: 4 },
    ]);
    const outcomes = await newTurns().decide(requests);
    expect(statuses(outcomes)).toEqual(['rejected', 'rejected', 'succeeded', 'succeeded', 'rejected']);
    const contents = await contentsOf(show);
    expect(await newTurns().decide(requests)).toEqual(outcomes);
    expect(await contentsOf(show)).toEqual(contents);
  });
});

describe('a request that cannot be stored', () => {
  const poison = {
    'a NUL in a seat': (request: BookingRequest): BookingRequest => ({ ...request, kind: 'book', seats: ['A\0'] }),
    'a user beyond int': (request: BookingRequest): BookingRequest => ({ ...request, user_id: 2 ** 40 }),
    'a show beyond int': (request: BookingRequest): BookingRequest => ({ ...request, show_id: 2 ** 40 }),
  };

  it.each(Object.entries(poison))('fails alone: %s', async (_, spoil) => {
    const show = await addShow();
    const requests = envelope(show, [{ seats: ['A1'] }, { seats: ['A2'] }, { seats: ['A1'] }]);
    const [first, second, third] = requests as [BookingRequest, BookingRequest, BookingRequest];
    const neighbour = envelope(show, [{ seats: ['A2'], user: 2 }]);
    const [outcomes, beside] = await decideTogether(newTurns(), [first, spoil(second), third], neighbour);
    expect(outcomes).toMatchObject([
      { status: 'succeeded' },
      { id: second.id, status: 'failed', problem: { code: 'internal_error' } },
      taken('A1'),
    ]);
    expect(beside).toMatchObject([{ status: 'succeeded' }]);
    expect((await claimsOf(show)).map((claim) => claim.booking_id)).toEqual([first.id, idOf(neighbour)]);
  });

  it('leaves the outcomes of an envelope that runs again beside it as they were', async () => {
    const show = await addShow();
    const before = envelope(show, [{ seats: ['A1'] }]);
    await newTurns().decide(before);
    // Whoever loses a seat that is freed and sold behind them must lose it again when taken apart.
    const requests = envelope(show, [{ seats: ['A1'] }, { cancel: idOf(before) }, { seats: ['A1'], user: 2 }]);
    const outcomes = await newTurns().decide(requests);
    expect(statuses(outcomes)).toEqual(['rejected', 'succeeded', 'succeeded']);
    const contents = await contentsOf(show);

    const [again, failed] = await decideTogether(newTurns(), requests, envelope(show, [{ seats: ['A\0'] }]));
    expect(failed).toMatchObject([{ status: 'failed' }]);
    expect(again).toEqual(outcomes);
    expect(await contentsOf(show)).toEqual(contents);
  });
});

describe('someone who writes behind the lease', () => {
  /** Stops a turn once, between reading and writing. */
  class Interrupted extends Bookings {
    #meanwhile: (() => Promise<unknown>) | null;

    constructor(meanwhile: () => Promise<unknown>) {
      super(orm);
      this.#meanwhile = meanwhile;
    }

    override async commit(...changes: Parameters<Bookings['commit']>): Promise<void> {
      const meanwhile = this.#meanwhile;
      this.#meanwhile = null;
      await meanwhile?.();
      return super.commit(...changes);
    }
  }

  it('has the turn decided again when the seat is taken meanwhile', async () => {
    const show = await addShow();
    const rival = envelope(show, [{ seats: ['A1'], user: 2 }]);
    const turns = newTurns(new Interrupted(() => newTurns().decide(rival)));
    const outcomes = await turns.decide(envelope(show, [{ seats: ['A1', 'A2'] }, { seats: ['A2'] }]));
    expect(outcomes).toMatchObject([taken('A1'), { status: 'succeeded' }]);
    expect((await claimsOf(show))[0]).toEqual({ seat_number: 'A1', booking_id: idOf(rival) });
  });

  it('changes no outcome when it is another worker with the same job', async () => {
    const show = await addShow();
    const before = envelope(show, [{ seats: ['A1'] }]);
    await newTurns().decide(before);
    const requests = envelope(show, [{ cancel: idOf(before) }, { seats: ['A1'], user: 2 }, { seats: ['A1'], user: 3 }]);
    let first: Outcome[] = [];
    const rival = async () => (first = await newTurns().decide(requests));
    const second = await newTurns(new Interrupted(rival)).decide(requests);
    expect(statuses(second)).toEqual(['succeeded', 'succeeded', 'rejected']);
    expect(second).toEqual(first);
    expect(await claimsOf(show)).toEqual([{ seat_number: 'A1', booking_id: idOf(requests, 1) }]);
  });
});

describe('a show that changes while a request for it is queued', () => {
  it('is a rejection that says so when the show is gone', async () => {
    const show = await addShow();
    await rows('delete from catalog.shows where id = ?', [show]);
    const [outcome] = await newTurns().decide(envelope(show, [{ seats: ['A1'] }]));
    expect(outcome).toMatchObject({ status: 'rejected', problem: { code: 'show_not_found' } });
  });

  it('is a rejection that names the seat when the show is smaller, and no other request minds', async () => {
    const show = await addShow(20);
    await rows('update catalog.shows set total_seats = 10 where id = ?', [show]);
    const outcomes = await newTurns().decide(envelope(show, [{ seats: ['A1', 'B1'] }, { seats: ['A1'] }]));
    expect(outcomes).toMatchObject([
      { status: 'rejected', problem: { code: 'validation_failed', detail: expect.stringContaining('B1') } },
      { status: 'succeeded' },
    ]);
  });

  it('is seen by a turn that waited for the change to commit', async () => {
    const show = await addShow();
    const gate = await closeShow(admin, show);
    const decided = newTurns().decide(envelope(show, [{ seats: ['A1'] }]));
    await gate.reached(1);
    await gate.open('delete from catalog.shows where id = ?', [show]);
    expect(await decided).toMatchObject([{ status: 'rejected', problem: { code: 'show_not_found' } }]);
  });
});

describe('the audit', () => {
  const linesOf = (showId: number) =>
    rows<object>('select * from booking.audit_lines where show_id = ? order by subject_id', [showId]);

  it('has a line for each cancel by an administrator, decided again or not, and for no other', async () => {
    const show = await addShow();
    const booked = envelope(show, [
      { seats: ['A1'], user: 5 },
      { seats: ['A2'], user: 6 },
    ]);
    const turns = newTurns();
    await turns.decide(booked);
    const cancels = envelope(show, [
      { cancel: idOf(booked), user: 42, asAdmin: true },
      { cancel: idOf(booked), user: 43, asAdmin: true }, // too late to change anything
      { cancel: idOf(booked, 1), user: 6 },
    ]);
    await turns.decide(cancels);
    await turns.decide(cancels);
    const what = { show_id: show, user_id: 5, seats: ['A1'] };
    expect(await linesOf(show)).toMatchObject([
      {
        ...{ id: idOf(cancels), actor_id: 42, request_id: 'test', at: expect.any(String) },
        ...{ action: 'cancel', subject: 'booking', subject_id: idOf(booked) },
        ...{ before: { ...what, status: 'booked' }, after: { ...what, status: 'cancelled' } },
      },
    ]);
  });

  it('has a line also for a booking that was decided in the same turn', async () => {
    const show = await addShow();
    const turns = newTurns();
    const booked = envelope(show, [{ seats: ['A1'], user: 5 }]);
    const cancels = envelope(show, [{ cancel: idOf(booked), user: 42, asAdmin: true }]);
    await decideTogether(turns, booked, cancels);
    expect(await linesOf(show)).toMatchObject([{ actor_id: 42, subject_id: idOf(booked) }]);
  });
});
