import {
  type ChangeDependencies,
  cancelBooking as cancel,
  cancelContract,
  type PollDependencies,
  readChange,
  sendChange,
} from '../../bookings/index.ts';
import { operation } from '../../http/operation.ts';

export const cancelBooking = operation({
  ...cancelContract,
  method: 'POST',
  path: '/api/admin/bookings/:id/cancel/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCancelBooking',
  summary: 'Cancel the booking of any user',
  handler: (dependencies: ChangeDependencies & PollDependencies) => async (request, reply) => {
    const cancellation = { ...readChange(request, reply), asAdmin: true };
    return sendChange(dependencies, request, reply, await cancel(dependencies, cancellation));
  },
});
