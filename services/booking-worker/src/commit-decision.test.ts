import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { envelope } from '@boxoffice/testing/envelope';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelStore, sqlError } from '../test/model-store.ts';
import { type CommitDependencies, commitDecision, commitFailure } from './commit-decision.ts';
import { TurnMetrics } from './metrics.ts';
import { DecisionConflict, LeaseLost, Undecidable } from './store/errors.ts';

const delays = vi.hoisted(() => ({ waitedMs: [] as number[], endless: false }));
vi.mock('node:timers/promises', async (importOriginal) => {
  const timers = await importOriginal<typeof import('node:timers/promises')>();
  const setTimeout = (ms: number, value: unknown, options: object) => {
    delays.waitedMs.push(ms);
    return timers.setTimeout(delays.endless ? 60_000 : 0, value, options);
  };
  return { ...timers, setTimeout };
});

const lease = { partition: 1, session: 7 };
let model: ModelStore;
let logger: { warn: ReturnType<typeof vi.fn>; error: ReturnType<typeof vi.fn> };
let waiting: (string | null)[];
let dependencies: CommitDependencies;
beforeEach(() => {
  delays.waitedMs = [];
  delays.endless = false;
  model = new ModelStore();
  logger = { warn: vi.fn(), error: vi.fn() };
  waiting = [];
  dependencies = {
    store: model.store,
    logger: logger as unknown as Logger,
    metrics: new TurnMetrics(new Registry()),
    onWaiting: (error) => waiting.push(error?.message ?? null),
    signal: new AbortController().signal,
  };
});

/** The next attempts fail with these errors. */
function failWith(...errors: Error[]): void {
  model.onAttempt = () => {
    const error = errors.shift();
    if (error) throw error;
  };
}

const book = () => envelope(1, [{ seats: ['A1'] }, { seats: ['A1'], user: 2 }]);
const commit = (requests = book()) => commitDecision(dependencies, { requests, leases: [lease] });
const conflicts = async () => (await dependencies.metrics.conflicts.get()).values[0]?.value;
const calls = () => model.attempts.map(({ call }) => call);

describe('commitDecision', () => {
  it('returns the outcomes once they are written, and measures how long that takes', async () => {
    const measured = vi.spyOn(dependencies.metrics, 'turn');
    const requests = book();
    const startedAt = performance.now();
    const outcomes = await commit(requests);
    const elapsedMs = performance.now() - startedAt;
    expect(outcomes).toMatchObject([{ status: 'succeeded' }, { status: 'rejected' }]);
    expect(model.database.bookings.size).toBe(1);
    expect(model.attempts[0]?.leases).toEqual([lease]);
    expect(measured).toHaveBeenCalledExactlyOnceWith(requests, outcomes, expect.anything());
    const { decideMs, turnMs } = measured.mock.calls[0]?.[2] ?? { decideMs: 0, turnMs: 0 };
    expect(decideMs).toBeGreaterThan(0);
    expect(turnMs).toBeGreaterThanOrEqual(decideMs);
    expect(turnMs).toBeLessThanOrEqual(elapsedMs);
    expect(waiting).toEqual([null]);
  });

  it.each([
    ['a booking changed', () => new DecisionConflict('changed')],
    ['a seat was taken', () => sqlError('23505')],
  ])('decides again, without waiting, when %s after it was read', async (_, conflict) => {
    failWith(conflict(), conflict(), conflict(), conflict());
    expect(await commit()).toHaveLength(2);
    expect(calls()).toHaveLength(5);
    expect(delays.waitedMs).toEqual([]);
    expect(await conflicts()).toBe(4);
    expect(logger.warn).toHaveBeenCalledTimes(4);
    expect(logger.warn).toHaveBeenLastCalledWith(
      { reason: conflict().message },
      'conflict with another writer: deciding again',
    );
  });

  it('fails after five conflicts, although it waited for the database in between', async () => {
    const [last, away] = [new DecisionConflict('the fifth'), sqlError('57P03')];
    const conflict = sqlError('23505');
    failWith(conflict, conflict, away, conflict, conflict, last);
    await expect(commit()).rejects.toBe(last);
    expect(calls()).toHaveLength(6);
    expect(waiting).toEqual([away.message, null]);
  });

  it.each([
    ['its lease is lost', new LeaseLost([7])],
    ['PostgreSQL cannot store it (class 22)', sqlError('22P02')],
    ['PostgreSQL cannot store it (class 23)', sqlError('23502')],
    ['our code cannot decide it', new Undecidable('no')],
  ])('fails immediately when %s', async (_, error) => {
    failWith(error);
    await expect(commit()).rejects.toBe(error);
    expect(calls()).toHaveLength(1);
    expect(waiting).toEqual([null]);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it.each([
    ...['08006', '25006', '28P01', '40P01', '42723', '53100', '57P01', 'ECONNREFUSED'].map((code) => sqlError(code)),
    new TypeError("Cannot read properties of undefined (reading 'lost')"),
  ])('waits for the database after an error that will pass: $message', async (error) => {
    failWith(error);
    expect(await commit()).toHaveLength(2);
    expect(waiting).toEqual([error.message, null]);
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(
      { reason: error.message, waitMs: 50 },
      'database is unavailable: the turn waits',
    );
  });

  it('waits twice as long each time, up to a second, as many times as necessary', async () => {
    failWith(...Array.from({ length: 20 }, () => sqlError('57P03')));
    await commit();
    expect(delays.waitedMs.slice(0, 7)).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
    expect(delays.waitedMs).toHaveLength(20);
    expect(await conflicts()).toBe(0);
  });

  it('stops waiting for the database when it is aborted', async () => {
    const stop = new AbortController();
    delays.endless = true;
    failWith(sqlError('57P03'));
    const committed = commitDecision({ ...dependencies, signal: stop.signal }, { requests: book(), leases: [lease] });
    await vi.waitFor(() => expect(delays.waitedMs).toHaveLength(1));
    stop.abort();
    await expect(committed).rejects.toMatchObject({ name: 'AbortError' });
    expect(calls()).toHaveLength(1);
  });

  it('fails with the cause when the state cannot be decided on, and writes nothing', async () => {
    const [request] = book() as [BookingRequest];
    recordWithoutBooking(request);
    const error = await commit([request]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Undecidable);
    const { message, cause } = error as Error;
    expect(message).toContain('is missing');
    expect((cause as Error).message).toBe(message);
    expect(calls()).toHaveLength(1);
  });

  it('records the turn when requests are traced', async () => {
    const span = { traceparent: 'turn', during: <T>(work: () => Promise<T>) => work(), end: vi.fn() };
    const start = vi.fn(() => span);
    const requests = book().map((request) => ({ ...request, traceparent: 'caller' }));
    const traced = { ...dependencies, tracing: { start } as unknown as Tracing };
    expect(await commitDecision(traced, { requests, leases: [lease] })).toHaveLength(2);
    expect(start).toHaveBeenCalledWith('turn', expect.objectContaining({ causes: ['caller', 'caller'] }));
  });
});

describe('commitFailure', () => {
  const key = { hash: 'h', fingerprint: 'f' };
  const [request] = book() as [BookingRequest];
  const fail = (one: BookingRequest = request) => commitFailure(dependencies, one, lease);
  const failed = { id: request.id, status: 'failed', problem: { code: 'internal_error' } };

  it('records that the request failed, with its key, and says that nothing was changed', async () => {
    const outcome = await fail({ ...request, key });
    expect(outcome).toMatchObject(failed);
    expect(outcome).toMatchObject({ problem: { detail: expect.stringContaining('Nothing was booked or cancelled') } });
    const common = { showId: 1, id: request.id, userId: 1, kind: 'book', status: 'failed', bookingId: null };
    const { problem } = outcome as { problem: object };
    expect(model.failures).toEqual([{ ...common, problem, key }]);
    expect(model.attempts).toEqual([
      { call: 'read', ids: [request.id], leases: [lease] },
      { call: 'fail', ids: [request.id], leases: [lease] },
    ]);
    expect(logger.error).not.toHaveBeenCalled();
  });

  it('records none for a request without a key', async () => {
    await fail();
    expect(model.failures).toMatchObject([{ key: null }]);
  });

  it('returns the outcome of an earlier attempt that was committed after all', async () => {
    const [outcome] = await commit([request]);
    expect(await fail()).toEqual(outcome);
    expect(model.failures).toEqual([]);
  });

  it('waits for the database, both for the look-up and for recording', async () => {
    failWith(sqlError('57P03'), sqlError('57P03'));
    expect(await fail()).toMatchObject(failed);
    expect(calls()).toEqual(['read', 'read', 'read', 'fail']);
    model.onAttempt = ({ call }) => {
      if (call === 'fail' && calls().length < 7) throw sqlError('57P03');
    };
    expect(await fail()).toMatchObject(failed);
    expect(calls().slice(4)).toEqual(['read', 'fail', 'fail']);
  });

  it('records the failure of a request that cannot even be looked up', async () => {
    failWith(sqlError('22003'));
    expect(await fail()).toMatchObject(failed);
    expect(model.failures).toHaveLength(1);
  });

  it('records the failure of a request whose recorded outcome cannot be repeated', async () => {
    recordWithoutBooking(request);
    expect(await fail()).toMatchObject(failed);
    expect(model.failures).toHaveLength(1);
  });

  it('reports the failure even of a request that cannot be recorded, and logs the error', async () => {
    const error = sqlError('22003');
    failWith(error, error);
    expect(await fail()).toMatchObject(failed);
    expect(logger.error).toHaveBeenCalledExactlyOnceWith({ err: error, job: request.id }, 'outcome cannot be recorded');
  });

  it.each(['read', 'fail'])('leaves the request to the next owner when the lease is lost: %s', async (lostAt) => {
    const lost = new LeaseLost([7]);
    model.onAttempt = ({ call }) => {
      if (call === lostAt) throw lost;
    };
    await expect(fail()).rejects.toBe(lost);
    expect(model.failures).toEqual([]);
    expect(logger.error).not.toHaveBeenCalled();
  });
});

/** As if the booking that this request made had vanished. */
function recordWithoutBooking({ id }: BookingRequest): void {
  const row = { showId: 1, id, userId: 1, kind: 'book' as const, status: 'succeeded' as const };
  model.database.requests.set(id, { ...row, bookingId: id, problem: null, key: null });
}
