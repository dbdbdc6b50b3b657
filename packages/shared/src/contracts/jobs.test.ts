import { expect, it } from 'vitest';
import { type BookingRequest, envelopeVersion, isUnderstood } from './jobs.ts';

const book = { kind: 'book', id: 'r', show_id: 1, user_id: 1, seats: ['A1'], request_id: 'test' } as BookingRequest;
const upgrade = { ...book, kind: 'upgrade' } as unknown as BookingRequest;

it('understands envelopes of its own release and of earlier ones', () => {
  const requests = [book];
  expect(isUnderstood({ version: envelopeVersion, requests, reply_to: '' })).toBe(true);
  expect(isUnderstood({ requests, reply_to: '' })).toBe(true);
});

it('understands neither a later version nor a kind of request that it does not know', () => {
  expect(isUnderstood({ version: envelopeVersion + 1, requests: [book], reply_to: '' })).toBe(false);
  expect(isUnderstood({ version: envelopeVersion, requests: [book, upgrade], reply_to: '' })).toBe(false);
});
