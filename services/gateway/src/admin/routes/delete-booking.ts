import {
  type ChangeDependencies,
  cancelBooking as cancel,
  cancelContract,
  type PollDependencies,
  readChange,
  sendChange,
} from '../../bookings/index.ts';
import { operation } from '../../http/operation.ts';

/** Bookings are never deleted: deleting one cancels it. */
export const deleteBooking = operation({
  ...cancelContract,
  method: 'DELETE',
  path: '/api/admin/bookings/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminDeleteBooking',
  summary: 'Cancel the booking of any user',
  handler: (dependencies: ChangeDependencies & PollDependencies) => async (request, reply) => {
    const cancellation = { ...readChange(request, reply), asAdmin: true };
    return sendChange(dependencies, request, reply, await cancel(dependencies, cancellation));
  },
});
