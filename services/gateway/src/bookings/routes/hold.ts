import { BookingView, HoldBody } from '@boxoffice/shared/contracts/booking';
import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { operation } from '../../http/operation.ts';
import { waitMsOf } from '../../http/preferences.ts';
import { Acceptance } from '../acceptance.ts';
import { type DraftBookingDependencies, draftHold } from '../draft-booking.ts';
import { type BudgetDependencies, withinBudget } from '../request-budget.ts';
import { requestKeyOf } from '../request-key.ts';
import { type SubmitDependencies, submitRequest } from '../submit-request.ts';
import { acceptedJob, BookingHeaders, type PollDependencies } from './job-reply.ts';
import { answerSaleRepeats, saleErrors, sendSale } from './sale-contract.ts';

type HoldDependencies = DraftBookingDependencies &
  SubmitDependencies &
  PollDependencies &
  BudgetDependencies & { config: { HOLD_SECONDS: number } };

export const hold = operation({
  method: 'POST',
  path: '/api/shows/:id/holds/',
  auth: 'user',
  tag: 'Bookings',
  id: 'holdSeats',
  summary: 'Hold seats until you confirm them',
  description:
    'Blocks seats that you name, or the best that are free when the request is decided, until `expires_at`: confirm the ' +
    'booking by then, or cancel it. Queued, decided and answered like a booking.',
  params: IdParams,
  headers: BookingHeaders,
  body: HoldBody,
  success: { 201: BookingView.describe('Held (with `Prefer: wait`)'), 202: acceptedJob },
  errors: [...saleErrors, 'no_seats_together', 'price_changed'],
  needs: ['queue', 'catalog', 'database'],
  hooks: withinBudget(answerSaleRepeats),
  handler: (dependencies: HoldDependencies) => async (request, reply) => {
    const waitMs = waitMsOf(request, reply, 0);
    const acceptance = new Acceptance(reply);
    const draft = await acceptance.within(
      draftHold(dependencies, {
        showId: request.params.id,
        userId: request.user.id,
        body: request.body,
        holdSeconds: dependencies.config.HOLD_SECONDS,
        key: requestKeyOf(request),
        requestId: request.id,
      }),
    );
    return sendSale(dependencies, request, reply, await submitRequest(dependencies, draft, { waitMs, acceptance }));
  },
});
