import { BookingView } from '@boxoffice/shared/contracts/booking';
import type { ProblemCode } from '@boxoffice/shared/contracts/problems';
import { changeContract } from './change-contract.ts';
import { acceptedJob } from './job-reply.ts';

/** What the owner's and the administrators' cancellations have in common. */
export const cancelContract = {
  ...changeContract,
  description:
    'Releases the seats for every request that is accepted after this one. Idempotent. Waits for the outcome unless ' +
    '`Prefer: respond-async` is sent.',
  success: { 200: BookingView.describe('The cancelled booking'), 202: acceptedJob },
  errors: [...changeContract.errors, 'hold_expired'] satisfies ProblemCode[],
};
