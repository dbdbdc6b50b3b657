import type { AdminBooking } from '@boxoffice/client';

export const usernameOf = ({ user }: AdminBooking) => user?.username ?? 'deleted user';

/** Whether it keeps its seats from others. */
export const isLive = ({ status }: AdminBooking) => status === 'booked' || status === 'held';

/** Whether it is to be paid at the counter. */
export const isDue = ({ status, total, paid_at }: AdminBooking) =>
  status === 'booked' && total !== undefined && total.amount > 0 && !paid_at;
