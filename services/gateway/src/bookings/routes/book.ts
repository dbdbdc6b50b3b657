import { BookBody, BookingView } from '@boxoffice/shared/contracts/booking';
import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { operation } from '../../http/operation.ts';
import { waitMsOf } from '../../http/preferences.ts';
import { Acceptance } from '../acceptance.ts';
import { type DraftBookingDependencies, draftBooking } from '../draft-booking.ts';
import { type BudgetDependencies, withinBudget } from '../request-budget.ts';
import { requestKeyOf } from '../request-key.ts';
import { type SubmitDependencies, submitRequest } from '../submit-request.ts';
import { acceptedJob, BookingHeaders, type PollDependencies } from './job-reply.ts';
import { answerSaleRepeats, saleErrors, sendSale } from './sale-contract.ts';

type BookDependencies = DraftBookingDependencies & SubmitDependencies & PollDependencies & BudgetDependencies;

export const book = operation({
  method: 'POST',
  path: '/api/shows/:id/book/',
  auth: 'user',
  tag: 'Bookings',
  id: 'bookSeats',
  summary: 'Book one seat or several',
  description:
    'Queues the request: all requests for a show are decided in the order in which they were accepted. Responds ' +
    'immediately with 202 and the job, or with the outcome when `Prefer: wait=10` is sent. Several seats are booked ' +
    'all or none.',
  params: IdParams,
  headers: BookingHeaders,
  body: BookBody,
  success: { 201: BookingView.describe('Booked (with `Prefer: wait`)'), 202: acceptedJob },
  errors: ['payment_required', ...saleErrors],
  needs: ['queue', 'catalog', 'database'],
  hooks: withinBudget(answerSaleRepeats),
  handler: (dependencies: BookDependencies) => async (request, reply) => {
    const waitMs = waitMsOf(request, reply, 0);
    const acceptance = new Acceptance(reply);
    const draft = await acceptance.within(
      draftBooking(dependencies, {
        showId: request.params.id,
        userId: request.user.id,
        body: request.body,
        key: requestKeyOf(request),
        requestId: request.id,
      }),
    );
    return sendSale(dependencies, request, reply, await submitRequest(dependencies, draft, { waitMs, acceptance }));
  },
});
