import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { envelopeLimit, newEnvelopeId, partitionIn, readBookingId, requestId } from './booking-id.ts';

const partition = fc.integer({ min: 0, max: 255 });
const show = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const place = fc.integer({ min: 0, max: envelopeLimit - 1 });

describe('a booking id', () => {
  afterEach(() => void vi.useRealTimers());

  it('encodes partition, show, place and envelope', () => {
    fc.assert(
      fc.property(partition, show, place, (partition, showId, place) => {
        const envelopeId = newEnvelopeId(partition);
        const id = requestId(envelopeId, showId, place);
        expect(readBookingId(id)).toMatchObject({ envelopeId, partition, showId, place });
        expect([partitionIn(id), partitionIn(envelopeId)]).toEqual([partition, partition]);
      }),
    );
  });

  it('is a UUID of version 8 (RFC 9562)', () => {
    fc.assert(
      fc.property(partition, show, place, (partition, showId, place) => {
        expect(requestId(newEnvelopeId(partition), showId, place)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  it('sorts by envelope, and within it by show and place', () => {
    const ids = Array.from({ length: 1_000 }, () => newEnvelopeId(255)).flatMap((envelopeId) =>
      [0, 1, envelopeLimit - 1].map((place) => requestId(envelopeId, 7, place)),
    );
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('encodes when it was created', () => {
    const before = Date.now();
    const { timeMs = 0 } = readBookingId(requestId(newEnvelopeId(0), 1, 0)) ?? {};
    expect(timeMs).toBeGreaterThanOrEqual(before - 50);
    expect(timeMs).toBeLessThanOrEqual(Date.now() + 50);
  });

  const createdAt = () => readBookingId(requestId(newEnvelopeId(0), 1, 0))?.timeMs;

  it('encodes the time of a machine that was suspended, when the process’s own clock stood still', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    expect(createdAt()).toBe(Date.now());
  });

  it('keeps increasing while the system’s clock is set back', () => {
    const ids = [newEnvelopeId(0)];
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 5_000 });
    ids.push(newEnvelopeId(0), newEnvelopeId(0));
    expect([...ids].sort()).toEqual(ids);
  });

  it.each([
    '',
    'not an id',
    '01890a5d-ac96-774b-bcce-b302099a8057', // version 7
    '0641F3A2-9C1B-8407-A51C-9F2600000380', // the database writes lowercase
    "0641f3a2-9c1b-8407-a51c-9f2600000380' or true --",
  ])('is not decoded from %j', (text) => {
    expect(readBookingId(text)).toBeNull();
  });

  it('is not decoded from an envelope’s id, which names no show', () => {
    expect(readBookingId(newEnvelopeId(3))).toBeNull();
  });
});
