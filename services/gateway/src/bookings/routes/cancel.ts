import { operation } from '../../http/operation.ts';
import type { ChangeDependencies } from '../booking-change.ts';
import { cancelBooking } from '../cancel-booking.ts';
import { type BudgetDependencies, withinBudget } from '../request-budget.ts';
import { cancelContract } from './cancel-contract.ts';
import { readChange, sendChange } from './change-contract.ts';
import type { PollDependencies } from './job-reply.ts';

export const cancel = operation({
  ...cancelContract,
  method: 'POST',
  path: '/api/bookings/:id/cancel/',
  auth: 'user',
  tag: 'Bookings',
  id: 'cancelBooking',
  summary: 'Cancel your booking',
  hooks: withinBudget(cancelContract.hooks),
  handler: (dependencies: ChangeDependencies & PollDependencies & BudgetDependencies) => async (request, reply) => {
    const cancellation = { ...readChange(request, reply), asAdmin: false };
    return sendChange(dependencies, request, reply, await cancelBooking(dependencies, cancellation));
  },
});
