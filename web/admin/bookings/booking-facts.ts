import type { AdminBooking } from '@boxoffice/client';

export const usernameOf = ({ user }: AdminBooking) => user?.username ?? 'deleted user';

/** The names of payment methods. */
export const paymentMethods = { cash: 'Cash', card: 'Card', other: 'Other' };

/** Whether it has its seats. */
export const isLive = ({ status }: AdminBooking) => status === 'booked' || status === 'held';

/** Whether it is still to be paid at the counter. */
export const isDue = ({ status, total, paid_at }: AdminBooking) =>
  status === 'booked' && total !== undefined && total.amount > 0 && !paid_at;
