import { BookingView, PayBody } from '@boxoffice/shared/contracts/booking';
import {
  acceptedJob,
  type ChangeDependencies,
  changeContract,
  type PollDependencies,
  payBooking as pay,
  readChange,
  sendChange,
} from '../../bookings/index.ts';
import { operation } from '../../http/operation.ts';

export const payBooking = operation({
  ...changeContract,
  method: 'POST',
  path: '/api/admin/bookings/:id/pay/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminPayBooking',
  summary: 'Mark a booking as paid at the counter',
  description:
    'Records that you took the money, when and how. Idempotent: the first payment is kept. Waits for the outcome unless ' +
    '`Prefer: respond-async` is sent.',
  body: PayBody,
  success: { 200: BookingView.describe('The booking, with `paid_at`'), 202: acceptedJob },
  errors: [...changeContract.errors, 'nothing_due'],
  handler: (dependencies: ChangeDependencies & PollDependencies) => async (request, reply) => {
    const change = { ...readChange(request, reply), paidWith: request.body.paid_with };
    return sendChange(dependencies, request, reply, await pay(dependencies, change));
  },
});
