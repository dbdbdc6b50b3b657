import type { BookingRow, ClaimRow, RequestRow, ShowRow } from '../decide/state.ts';
import { fromBytea } from './bytea.ts';
import type { PlannedShow } from './layouts.ts';

/** What `readState` receives: rows as PostgreSQL writes them in JSON. */
export interface StateRow {
  /** Sessions that have ended: the lock of a live one cannot be acquired. */
  lost: number[];
  now: string | Date;
  partitions: number | null;
  shows: {
    id: number;
    total_seats: number;
    seats_per_row: number;
    layout_id: number | null;
    date_time: string;
    status: 'scheduled' | 'cancelled';
    payment: ShowRow['payment'];
    prices: ShowRow['prices'];
    currency: string | null;
    sales_open_at: string | null;
    sales_close_at: string | null;
    max_seats_per_user: number | null;
    forbid_single_seats: boolean;
  }[];
  recorded: {
    id: string;
    show_id: number;
    user_id: number;
    kind: RequestRow['kind'];
    status: RequestRow['status'];
    booking_id: string | null;
    problem: RequestRow['problem'];
    key_hash: string | null;
    fingerprint: string | null;
  }[];
  bookings: {
    id: string;
    show_id: number;
    user_id: number;
    seats: string[];
    status: BookingRow['status'];
    created_at: string;
    cancelled_at: string | null;
    cancelled_by: string | null;
    cancel_reason: string | null;
    expires_at: string | null;
    items: BookingRow['items'];
    total: number | null;
    currency: string | null;
    code: string | null;
    confirmed_by: string | null;
    paid_at: string | null;
    paid_by: number | null;
    paid_with: BookingRow['paidWith'];
    payment_id: string | null;
    held_until: string | null;
  }[];
  claims: {
    show_id: number;
    seat_number: string;
    booking_id: string;
    user_id: number | null;
    expires_at: string | null;
  }[];
}

const dateOrNull = (text: string | null) => (text === null ? null : new Date(text));

export function showRow(row: StateRow['shows'][number]): ShowRow & PlannedShow {
  return {
    total_seats: row.total_seats,
    seats_per_row: row.seats_per_row,
    layout_id: row.layout_id,
    startsAt: new Date(row.date_time),
    isCancelled: row.status === 'cancelled',
    payment: row.payment,
    prices: row.prices,
    currency: row.currency,
    salesOpenAt: dateOrNull(row.sales_open_at),
    salesCloseAt: dateOrNull(row.sales_close_at),
    maxSeatsPerUser: row.max_seats_per_user,
    forbidSingleSeats: row.forbid_single_seats,
  };
}

export function requestRow(row: StateRow['recorded'][number]): RequestRow {
  const { key_hash: hash, fingerprint } = row;
  return {
    showId: row.show_id,
    id: row.id,
    userId: row.user_id,
    kind: row.kind,
    status: row.status,
    bookingId: row.booking_id,
    problem: row.problem,
    key: hash && fingerprint ? { hash: fromBytea(hash), fingerprint: fromBytea(fingerprint) } : null,
  };
}

export function bookingRow(row: StateRow['bookings'][number]): BookingRow {
  return {
    id: row.id,
    showId: row.show_id,
    userId: row.user_id,
    seats: row.seats,
    status: row.status,
    createdAt: new Date(row.created_at),
    cancelledAt: dateOrNull(row.cancelled_at),
    cancelledBy: row.cancelled_by,
    cancelReason: row.cancel_reason,
    expiresAt: dateOrNull(row.expires_at),
    items: row.items,
    total: row.total,
    currency: row.currency,
    code: row.code,
    confirmedBy: row.confirmed_by,
    paidAt: dateOrNull(row.paid_at),
    paidBy: row.paid_by,
    paidWith: row.paid_with,
    paymentId: row.payment_id,
    heldUntil: dateOrNull(row.held_until),
  };
}

export function claimRow(row: StateRow['claims'][number]): ClaimRow {
  return {
    showId: row.show_id,
    seat: row.seat_number,
    bookingId: row.booking_id,
    userId: row.user_id,
    expiresAt: dateOrNull(row.expires_at),
  };
}
