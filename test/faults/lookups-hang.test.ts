/** Looking up bookings and requests while PostgreSQL or Redis hangs: frozen, its connections open. */
import { type Answer, type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
/** A booking, and a request that is not decided before `gate` is opened. */
let booked: string;
let queued: string;
let gate: Awaited<ReturnType<typeof closeShow>>;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true });
});
beforeEach(async () => {
  show = await boxoffice.addShow();
  booked = (await boxoffice.book(show, 'A1', { key: `first ${show}`, wait: 10 })).body.id;
  gate = await closeShow(boxoffice.orm, show);
  queued = (await boxoffice.book(show, 'A2', { key: `second ${show}` })).body.id;
  await gate.reached(1);
});
afterAll(() => boxoffice.stop());

const get = (path: string) => boxoffice.call(path, { user: 1 });

/** Sends each of these requests a number of times while a server is frozen: more than there are connections. */
async function whileFrozen(
  server: 'postgres' | 'redis',
  requests: Record<string, () => Promise<Answer>>,
): Promise<Map<string, Answer[]>> {
  const [gateway] = boxoffice.gateways;
  const linesBefore = gateway?.logs.length ?? 0;
  const times = () =>
    (gateway?.logs ?? [])
      .slice(linesBefore)
      .map((line) => JSON.parse(line) as { msg: string; status: number; ms: number })
      .flatMap(({ msg, status, ms }) => (msg === 'request' && status === 503 ? [ms] : []));
  const answers = new Map<string, Answer[]>();
  boxoffice.servers[server].kill('SIGSTOP');
  try {
    const sent = Object.entries(requests).map(async ([name, send]) => {
      answers.set(name, await Promise.all(Array.from({ length: 60 }, send)));
    });
    await Promise.all(sent);
    // As the gateway measures: here they would contain what hundreds of calls cost this process.
    await eventually(() => times().length >= 60 * sent.length);
    expect(Math.max(...times())).toBeLessThan(1_500);
  } finally {
    boxoffice.servers[server].kill('SIGCONT');
    await gate.open();
  }
  return answers;
}

function summary(answers: Map<string, Answer[]>): Record<string, string[]> {
  const kindOf = ({ status, headers, body }: Answer) => `${status} ${body.code} after ${headers.get('retry-after')}`;
  return Object.fromEntries([...answers].map(([name, all]) => [name, [...new Set(all.map(kindOf))]]));
}

it('answers every look-up with 503 within 1.5 s while PostgreSQL hangs, and serves it afterwards', {
  retry: 2,
}, async () => {
  const answers = await whileFrozen('postgres', {
    'a decided job': () => get(`/api/jobs/${booked}/`),
    'an undecided job': () => get(`/api/jobs/${queued}/`),
    'the events of a job': () => get(`/api/jobs/${queued}/events/`),
    'a booking': () => get(`/api/bookings/${booked}/`),
    'my bookings': () => get('/api/my-bookings/'),
    'a cancellation that does not wait': () => boxoffice.cancel(booked, { wait: 0 }),
    'a repeat that waits': () => boxoffice.book(show, 'A2', { key: `second ${show}`, wait: 30 }),
    'a new key': () => boxoffice.book(show, 'A3', { key: `third ${show}` }),
  });
  const unavailable = ['503 database_unavailable after 1'];
  expect(summary(answers)).toEqual(Object.fromEntries([...answers.keys()].map((name) => [name, unavailable])));
  await eventually(async () => (await get(`/api/bookings/${booked}/`)).status === 200);
  expect((await boxoffice.outcome(queued)).status).toBe('succeeded');
});

it('answers look-ups that need Redis with 503 within 1.5 s while it hangs, and all others', { retry: 2 }, async () => {
  const answers = await whileFrozen('redis', {
    'an undecided job': () => get(`/api/jobs/${queued}/`),
    'the events of a job': () => get(`/api/jobs/${queued}/events/`),
    'a repeat that waits': () => boxoffice.book(show, 'A2', { key: `second ${show}`, wait: 30 }),
    'a cancellation': async () => {
      expect((await get(`/api/jobs/${booked}/`)).status).toBe(200);
      expect((await get(`/api/bookings/${booked}/`)).status).toBe(200);
      return boxoffice.cancel(booked);
    },
  });
  for (const [name, all] of answers)
    for (const { status, headers, body } of all)
      expect([name, status, body.code, headers.get('retry-after')]).toEqual([name, 503, 'queue_unavailable', '1']);
  await eventually(async () => (await get(`/api/jobs/${queued}/`)).status === 200);
});
