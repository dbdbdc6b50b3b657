import { describe, expect, test } from 'vitest';
import { nextStep } from './next-step.ts';
import type { PaymentRow } from './payment-row.ts';

type Facts = Pick<PaymentRow, 'status' | 'settlement'> & {
  accepted: boolean | null;
  isBooked: boolean;
  byHand: boolean;
};
const stepOf = ({ accepted, isBooked, byHand, ...payment }: Facts) =>
  nextStep({
    ...{ accepted, isBooked, holdEndsAt: null },
    payment: { ...payment, refund_requested_at: byHand ? new Date() : null } as PaymentRow,
  });

const statuses = ['pending', 'authorized', 'captured', 'refunded', 'failed', 'voided'] as const;
const every = statuses.flatMap((status) =>
  [null, 'capture', 'void'].flatMap((settlement) =>
    [null, true, false].flatMap((accepted) =>
      // A booking is booked by a payment only if its verdict says so.
      (accepted ? [true, false] : [false]).flatMap((isBooked) =>
        [true, false].map((byHand) => ({ status, settlement, accepted, isBooked, byHand }) as Facts),
      ),
    ),
  ),
);

describe('the next step', () => {
  test.each([
    ['a payment that is pending', { status: 'pending' }, 'find'],
    ['an authorisation without a verdict', { status: 'authorized' }, 'confirm'],
    ['an authorisation that has booked', { status: 'authorized', accepted: true, isBooked: true }, 'capture'],
    ['one whose booking was cancelled before', { status: 'authorized', accepted: true }, 'void'],
    [
      'one whose booking was cancelled meanwhile',
      { status: 'authorized', accepted: true, settlement: 'capture' },
      'capture',
    ],
    ['one that was refused', { status: 'authorized', accepted: false }, 'void'],
    ['a capture', { status: 'captured', accepted: true, isBooked: true }, null],
    ['a capture whose booking was cancelled', { status: 'captured', accepted: true }, 'refund'],
    [
      'a capture that is to be refunded by hand',
      { status: 'captured', accepted: true, isBooked: true, byHand: true },
      'cancel',
    ],
  ] as const)('of %s', (_, facts, step) => {
    expect(stepOf({ settlement: null, accepted: null, isBooked: false, byHand: false, ...facts })).toBe(step);
  });

  test('never captures what was not accepted, never gives up what is booked, and leaves what is over alone', () => {
    for (const facts of every) {
      const step = stepOf(facts);
      if (step === 'capture' && facts.settlement !== 'capture')
        expect(facts).toMatchObject({ accepted: true, isBooked: true });
      if (step === 'void' || step === 'refund') expect(facts.isBooked).toBe(false);
      if (step === 'void') expect(facts.settlement).not.toBe('capture');
      if (['refunded', 'failed', 'voided'].includes(facts.status)) expect(step).toBeNull();
    }
  });
});
