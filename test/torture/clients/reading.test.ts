import { expect, test } from 'vitest';
import { readPost } from './reading.ts';

const answer = (status: number, body: object) => ({ status, body, retryAfter: '1' });

test('202 and 201 accept, and name the request', () => {
  expect(readPost('book', answer(202, { id: 'x', status: 'queued' }))).toEqual({
    says: 'accepted',
    id: 'x',
    what: 'pending',
  });
  expect(readPost('book', answer(201, { id: 'x', status: 'booked' }))).toMatchObject({ says: 'accepted', id: 'x' });
});

test('a 200 to a cancellation accepts it without naming it', () => {
  const what = { status: 'succeeded', booking: 'booking' };
  expect(readPost('cancel', answer(200, { id: 'booking' }))).toEqual({ says: 'accepted', id: null, what });
});

test('a rejection is an outcome', () => {
  const reading = readPost('book', answer(409, { code: 'seat_taken', job_id: 'x', seats: ['A1'] }));
  expect(reading).toEqual({
    says: 'accepted',
    id: 'x',
    what: { status: 'rejected', code: 'seat_taken', taken: ['A1'] },
  });
});

test('a 503 refuses, unless it names a job that may exist', () => {
  expect(readPost('book', answer(503, { code: 'queue_full' }))).toMatchObject({ says: 'refused' });
  const unknown = { says: 'unknown', possibleId: 'x' };
  expect(readPost('book', answer(503, { code: 'queue_unavailable', job_id: 'x' }))).toEqual(unknown);
});

test('no answer leaves everything open, and a 500 is nonsense', () => {
  expect(readPost('book', null)).toEqual({ says: 'unknown' });
  expect(readPost('book', answer(500, { code: 'internal_error' }))).toMatchObject({ says: 'nonsense' });
});
