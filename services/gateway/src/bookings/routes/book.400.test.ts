import { type Answer, type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
/** Without a worker, anything queued by mistake stays visible. */
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0 });
  show = await boxoffice.addShow({ totalSeats: 100, seatsPerRow: 10 });
});
afterAll(() => boxoffice.stop());

afterEach(async () => {
  const metrics = await boxoffice.metrics();
  const depths = metrics.match(/^booking_queue_jobs\{.*\} \d+$/gm);
  expect(depths).toHaveLength(4);
  expect(depths?.every((line) => line.endsWith(' 0'))).toBe(true);
});

const seats = (count: number) => Array.from({ length: count }, (_, place) => place + 1);

test.each([
  'Z99',
  'K1',
  'A0',
  'A11',
  'A01',
  'A',
  '-1',
  '0',
  '101',
  '1.5',
  '1e1',
  'A1 B1',
  'Ａ１',
  "A1'--",
  'A1\u0000',
  101,
  999_999,
  2_147_483_648,
])('the show has no seat %j: says so, and how many it has', async (seat_number) => {
  const problem = expectProblem(await book({ seat_number }), 'validation_failed');
  expect(problem.errors?.seat_number?.[0]).toMatch(/^Show \d+ has no seat .*: it has 100 seats in rows of 10\.$/);
});

test.each([0, -1, 1.5, 1e308, 2 ** 53, '', '   ', 'ABCDEFGHIJK', null, true, {}, ['A1']])(
  'seat_number %j is not a seat name',
  async (seat_number) => {
    const problem = expectProblem(await book({ seat_number }), 'validation_failed');
    expect(Object.keys(problem.errors ?? {})).toEqual(['seat_number']);
  },
);

test.each([
  ['neither seat_number nor seats', {}, 'seat_number'],
  ['both of them', { seat_number: 'A1', seats: ['A2'] }, 'seat_number'],
  ['no seats at all', { seats: [] }, 'seats'],
  ['more than ten seats', { seats: seats(11) }, 'seats'],
  ['a thousand seats', { seats: seats(1_000) }, 'seats'],
  ['a seat twice', { seats: ['A1', 'A1'] }, 'seats'],
  ['a seat twice under two names', { seats: ['B1', 11] }, 'seats'],
  ['a seat twice in two cases', { seats: ['B1', 'b1'] }, 'seats'],
  ['an unknown seat among known ones', { seats: ['A1', 'Z9'] }, 'seats'],
  ['seats that are not a list', { seats: 'A1' }, 'seats'],
  ['a list of lists', { seats: [['A1']] }, 'seats.0'],
])('%s', async (_, body, field) => {
  const problem = expectProblem(await book(body), 'validation_failed');
  expect(Object.keys(problem.errors ?? {})).toEqual([field]);
});

test.each([
  ['broken JSON', '{"seat_number": "A1"'],
  ['a smuggled prototype', '{"seat_number": "A1", "__proto__": {"role": "admin"}}'],
  ['a list', '[]'],
  ['a text', '"A1"'],
  ['a number', '1'],
  ['null', 'null'],
  ['nothing', ''],
  ['brackets, ten thousand deep', '['.repeat(10_000)],
])('the body is %s', async (_, body) => {
  expectProblem(await send({ body }), 'validation_failed');
});

test.each(['0', '-1', 'one', '1.5', '2147483648', '99999999999999999999', 'NaN', '%00', '1%27'])(
  'the show is %s, which is not an id',
  async (id) => {
    const problem = expectProblem(await send({ path: `/api/shows/${id}/book/` }), 'validation_failed');
    expect(Object.keys(problem.errors ?? {})).toEqual(['id']);
  },
);

test.each([
  ['idempotency-key', 'k'.repeat(256)],
  ['prefer', `wait=1, ${'x'.repeat(200)}`],
])('the header %s is too long', async (name, value) => {
  const problem = expectProblem(await send({ headers: { [name]: value } }), 'validation_failed');
  expect(Object.keys(problem.errors ?? {})).toEqual([name]);
});

test('413: a body of more than 64 KiB', async () => {
  expectProblem(await book({ seat_number: 'A1', more: 'x'.repeat(64 * 1_024) }), 'payload_too_large');
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
  '415: a body of the type %s',
  async (type) => {
    expectProblem(await send({ headers: { 'content-type': type } }), 'unsupported_media_type');
  },
);

const book = (body: object) => boxoffice.call(`/api/shows/${show}/book/`, { method: 'POST', user: 1, body });

/** Sends bodies that `call` cannot send. */
async function send({
  path = `/api/shows/${show}/book/`,
  body = '{"seat_number": "A1"}',
  headers = {},
}: {
  path?: string;
  body?: string;
  headers?: Record<string, string>;
}): Promise<Answer<unknown>> {
  const response = await fetch(`${boxoffice.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${boxoffice.token(1)}`, 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
