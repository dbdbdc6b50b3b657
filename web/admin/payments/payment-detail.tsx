import type { AdminPaymentDetail } from '@boxoffice/client';
import { formatPreciseDateTime } from '../../lib/format.ts';
import { Outage } from '../../lib/notices.tsx';
import { Link } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { Fact, Facts } from '../facts.tsx';
import { PageHead } from '../page-head.tsx';
import { attentionOf, isRefundable, priceOf } from './payment-facts.ts';
import { PaymentHistory } from './payment-history.tsx';
import { RefundPayment } from './refund-payment.tsx';
import { ResolvePayment } from './resolve-payment.tsx';
import { StatusTag } from './status-tag.tsx';

/** Events arrive, and steps are taken, while the page is open. */
const refreshMs = 3_000;

/** One payment: whose it is, what became of its money, and what happened to it. */
export function PaymentDetail({ id }: { id: string }) {
  const {
    data: payment,
    outage,
    problem,
    refetch,
  } = useAdminQuery(
    `payment ${id}`,
    (signal) => boxoffice.get('/api/admin/payments/{id}/', { params: { path: { id } }, signal }),
    { refreshMs },
  );
  const attention = payment && attentionOf(payment);
  return (
    <>
      <PageHead title={payment ? `Payment of ${priceOf(payment)}` : 'Payment'}>
        {payment && (
          <Link className="button" to={`/bookings/${payment.booking_id}`}>
            Booking
          </Link>
        )}
        <Link className="button" to={`/audit?subject=payment&subject_id=${id}`}>
          Audit
        </Link>
        {payment?.attention && <ResolvePayment payment={payment} onResolved={refetch} />}
        {payment && isRefundable(payment) && <RefundPayment payment={payment} onRefunded={refetch} />}
      </PageHead>
      <Outage message={outage ?? problem?.message} />
      {attention && (
        <p className="error">
          <strong>Needs attention: {attention.short}.</strong> {attention.advice}
        </p>
      )}
      {payment && (
        <>
          <PaymentFacts payment={payment} />
          <PaymentHistory payment={payment} />
        </>
      )}
    </>
  );
}

function PaymentFacts({ payment }: { payment: AdminPaymentDetail }) {
  const { status, user, show_id: showId, refund_reason: refundReason, next_step_at: nextStepAt, tries } = payment;
  const time = (at: string | null) => at && formatPreciseDateTime(at);
  return (
    <Facts isWide>
      <Fact name="Status">
        <StatusTag status={status} />
      </Fact>
      <Fact name="Amount">{priceOf(payment)}</Fact>
      <Fact name="User">{user ? <Link to={`/users/${user.id}`}>{user.username}</Link> : 'deleted user'}</Fact>
      <Fact name="Show">
        <Link to={`/shows/${showId}`}>Show {showId}</Link>
      </Fact>
      <Fact name="Begun">{time(payment.created_at)}</Fact>
      <Fact name="Authorised">{time(payment.authorized_at)}</Fact>
      <Fact name="Captured">{time(payment.captured_at)}</Fact>
      <Fact name="Refunded">{time(payment.refunded_at)}</Fact>
      <Fact name={status === 'failed' ? 'Failed' : 'Voided'}>{time(payment.ended_at)}</Fact>
      <Fact name="Refund reason">{refundReason}</Fact>
      <Fact name="Next step">
        {nextStepAt && `${time(nextStepAt)}${tries > 0 ? `, after ${tries} attempts without success` : ''}`}
      </Fact>
      <Fact name="Provider">{payment.provider}</Fact>
      <Fact name="Reference">{payment.reference && <code>{payment.reference}</code>}</Fact>
      <Fact name="Intent">{payment.intent && <code>{payment.intent}</code>}</Fact>
      <Fact name="Number">
        <code>{payment.id}</code>
      </Fact>
    </Facts>
  );
}
