import { BookingView } from '@boxoffice/shared/contracts/booking';
import { operation } from '../../http/operation.ts';
import type { ChangeDependencies } from '../booking-change.ts';
import { confirmBooking } from '../confirm-booking.ts';
import { type BudgetDependencies, withinBudget } from '../request-budget.ts';
import { changeContract, readChange, sendChange } from './change-contract.ts';
import { acceptedJob, type PollDependencies } from './job-reply.ts';

export const confirm = operation({
  ...changeContract,
  method: 'POST',
  path: '/api/bookings/:id/confirm/',
  auth: 'user',
  tag: 'Bookings',
  id: 'confirmBooking',
  summary: 'Confirm a hold',
  description:
    'Turns a hold into a booking. Idempotent. A hold that has ended can still be confirmed while nobody has taken its ' +
    'seats and they cost the same. Waits for the outcome unless `Prefer: respond-async` is sent.',
  success: { 200: BookingView.describe('The booking'), 202: acceptedJob },
  errors: [
    ...changeContract.errors,
    ...(['payment_required', 'hold_expired', 'show_not_found', 'show_cancelled', 'show_started'] as const),
    ...(['sales_not_open', 'sales_closed', 'price_changed', 'leaves_single_seat', 'limit_reached'] as const),
  ],
  hooks: withinBudget(changeContract.hooks),
  handler: (dependencies: ChangeDependencies & PollDependencies & BudgetDependencies) => async (request, reply) => {
    const change = readChange(request, reply);
    return sendChange(dependencies, request, reply, await confirmBooking(dependencies, change));
  },
});
