import type { ComponentProps } from 'react';
import { findBegunPayment } from './begun-payments.ts';
import { HeldBooking } from './held-booking.tsx';
import { usePayment } from './use-payment.ts';

type HeldProps = ComponentProps<typeof HeldBooking>;

/** A hold, with the payment that was begun for it in this browser: it can be continued, or has failed. */
export function HeldWithPayment(props: HeldProps) {
  const begun = findBegunPayment(props.booking.id);
  return begun ? <WithPayment {...props} paymentId={begun} /> : <HeldBooking {...props} />;
}

function WithPayment({ paymentId, ...props }: HeldProps & { paymentId: string }) {
  const { data: payment } = usePayment(paymentId);
  return <HeldBooking {...props} payment={payment} />;
}
