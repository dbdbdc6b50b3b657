import { z } from 'zod';
import { IntegerId, MovieView } from './catalog.ts';
import { PageQuery, pageOf } from './pagination.ts';
import { Problem } from './problems.ts';
import { Category } from './screens.ts';

export const bookingStatuses = ['held', 'booked', 'cancelled', 'expired'] as const;

/** The most seats that one request may ask for. */
const seatsPerBookingLimit = 10;

const SeatName = z.union([z.string().trim().min(1).max(10), z.number().int().positive()]);
export const BookBody = z
  .object({
    seat_number: SeatName.optional()
      .describe('one seat: its label ("B7", in any case) or its number (17)')
      .meta({ example: 'B7' }),
    seats: z
      .array(SeatName)
      .min(1)
      .max(seatsPerBookingLimit)
      .optional()
      .describe('several seats, instead of seat_number; all are booked or none'),
  })
  .refine((body) => (body.seat_number === undefined) !== (body.seats === undefined), {
    error: 'Give either seat_number or seats',
    path: ['seat_number'],
  })
  .meta({ id: 'Book', example: { seat_number: 'B7' } });
export type BookBody = z.infer<typeof BookBody>;

export const SeatPreferences = z
  .object({
    count: z.number().int().min(1).max(seatsPerBookingLimit),
    category: Category.optional().describe('only seats of this category'),
    accessible: z.boolean().optional().describe('only accessible seats'),
  })
  .meta({ id: 'SeatPreferences', example: { count: 2, category: 'standard' } });
export type SeatPreferences = z.infer<typeof SeatPreferences>;

/** An amount in minor units: more than any sale, and exact in JavaScript. */
const Amount = z.number().int().min(0).max(1_000_000_000_000);

export const HoldBody = z
  .object({
    seats: z.array(SeatName).min(1).max(seatsPerBookingLimit).optional().describe('these seats, all or none'),
    best: SeatPreferences.optional().describe(
      'the best free seats next to each other, or in neighbouring rows if no row has room; instead of `seats`',
    ),
    expected_total: Amount.optional().describe(
      'the total that you expect, in minor units: the request is rejected if the seats cost anything else',
    ),
    replace: z
      .boolean()
      .optional()
      .describe('releases your other holds on this show, but only if the new seats can be held'),
  })
  .refine((body) => (body.seats === undefined) !== (body.best === undefined), {
    error: 'Give either seats or best',
    path: ['seats'],
  })
  .meta({ id: 'Hold', example: { best: { count: 2 }, expected_total: 2_000 } });
export type HoldBody = z.infer<typeof HoldBody>;

export const paymentMethods = ['cash', 'card', 'other'] as const;
export type PaidWith = (typeof paymentMethods)[number];
export const PayBody = z
  .object({ paid_with: z.enum(paymentMethods) })
  .meta({ id: 'CounterPayment', example: { paid_with: 'cash' } });

const exampleBooking = {
  id: '0641f3a2-9c1b-8407-a51c-9f2600000380',
  show_id: 7,
  seats: ['B7'],
  seat_number: 'B7',
  status: 'booked',
  created_at: '2030-01-01T12:00:00.000Z',
  cancelled_at: null,
};

const BookingItem = z.object({ seat: z.string(), category: z.string(), amount: Amount });
export type BookingItem = z.infer<typeof BookingItem>;

export const BookingView = z
  .object({
    id: z.string().describe('opaque'),
    show_id: z.number().int(),
    seats: z.array(z.string()),
    seat_number: z.string().optional().describe('the seat, if there is only one'),
    status: z.enum(bookingStatuses),
    created_at: z.iso.datetime(),
    cancelled_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().optional().describe('only while it is held: when the hold ends'),
    total: z
      .object({ amount: Amount, currency: z.string() })
      .optional()
      .describe('on a priced show: what the seats cost, in minor units'),
    items: z.array(BookingItem).optional().describe('on a priced show: the price of each seat'),
    code: z.string().optional().describe('on a priced show: a short code to show at the counter'),
    paid_at: z.iso
      .datetime()
      .nullable()
      .optional()
      .describe('on a priced show: when it was paid; null until then. Outcomes of other requests omit it'),
    payment_id: z.string().optional().describe('the online payment that booked it'),
    cancel_reason: z.string().optional().describe('why it was cancelled, if by its show, a refund or another hold'),
  })
  .meta({ id: 'Booking', example: exampleBooking });
export type BookingView = z.infer<typeof BookingView>;

/** The columns of a booking that its public form shows. */
export interface BookingColumns {
  id: string;
  showId: number;
  seats: string[];
  status: BookingView['status'];
  createdAt: Date;
  cancelledAt?: Date | null | undefined;
  cancelReason?: string | null | undefined;
  /** When the hold that this booking began as ends or ended. */
  expiresAt?: Date | null | undefined;
  items?: BookingItem[] | null | undefined;
  total?: number | null | undefined;
  currency?: string | null | undefined;
  code?: string | null | undefined;
  paidAt?: Date | null | undefined;
  /** The online payment that booked it. */
  paymentId?: string | null | undefined;
  /** The end that the hold had before its payment began. */
  heldUntil?: Date | null | undefined;
}

/**
 * A booking as a request of this kind left it when it succeeded, whatever has happened to it since. Says nothing of a
 * payment that the request did not make: it may have been made before or after.
 */
export function asLeftBy(kind: JobView['kind'], row: BookingColumns): BookingColumns {
  if (kind === 'cancel') return row; // nothing changes a cancelled booking
  const status = kind === 'hold' || kind === 'checkout' ? 'held' : 'booked';
  const isPayment = kind === 'pay' || (kind === 'confirm' && typeof row.paymentId === 'string');
  const expiresAt = (kind === 'hold' && row.heldUntil) || row.expiresAt;
  const { paidAt, paymentId }: Partial<BookingColumns> = isPayment ? row : {};
  return { ...row, status, expiresAt, cancelledAt: null, cancelReason: null, paidAt, paymentId };
}

/** The public form of a booking, from its row. */
export function bookingView(row: BookingColumns): BookingView {
  const [first, second] = row.seats;
  return {
    id: row.id,
    show_id: row.showId,
    seats: row.seats,
    ...(first !== undefined && second === undefined && { seat_number: first }),
    status: row.status,
    created_at: row.createdAt.toISOString(),
    cancelled_at: row.cancelledAt?.toISOString() ?? null,
    ...(row.status === 'held' && row.expiresAt && { expires_at: row.expiresAt.toISOString() }),
    ...(typeof row.total === 'number' && {
      total: { amount: row.total, currency: row.currency ?? '' },
      items: row.items ?? [],
      code: row.code ?? '',
      ...(row.paidAt !== undefined && { paid_at: row.paidAt?.toISOString() ?? null }),
    }),
    ...(row.paymentId && { payment_id: row.paymentId }),
    ...(row.cancelReason && { cancel_reason: row.cancelReason }),
  };
}

export const jobKinds = ['book', 'hold', 'confirm', 'cancel', 'pay', 'checkout'] as const;
const jobStatuses = ['queued', 'active', 'succeeded', 'rejected', 'failed'] as const;

/** One accepted request, regardless of the envelope that carried it. */
export const JobView = z
  .object({
    id: z.string(),
    kind: z.enum(jobKinds),
    status: z.enum(jobStatuses),
    position: z
      .number()
      .int()
      .min(0)
      .describe('the position in the queue, counted in requests from 1; 0 once the request is decided'),
    booking: BookingView.optional().describe('if it succeeded: the booking as this request left it'),
    problem: Problem.optional().describe('why it was rejected or failed'),
  })
  .meta({
    id: 'Job',
    example: { id: '0641f3a2-9c1b-8407-a51c-9f2600000380', kind: 'book', status: 'queued', position: 12 },
  });
export type JobView = z.infer<typeof JobView>;

export const BookingShow = z.object({
  id: z.number().int(),
  screen_name: z.string(),
  date_time: z.iso.datetime(),
  movie: MovieView.pick({ id: true, title: true, duration_minutes: true, poster_url: true }),
});
export type BookingShow = z.infer<typeof BookingShow>;
export const exampleBookingShow = {
  id: 7,
  screen_name: 'Screen 1',
  date_time: '2030-01-01T19:30:00.000Z',
  movie: { id: 1, title: 'The Last Reel', duration_minutes: 118, poster_url: null },
};
const exampleMyBooking = { ...exampleBooking, show: exampleBookingShow };

export const MyBookingView = z
  .object({ ...BookingView.shape, show: BookingShow.nullable().describe('null when the show has been deleted') })
  .meta({ id: 'MyBooking', example: exampleMyBooking });
export type MyBookingView = z.infer<typeof MyBookingView>;
export const MyBookingPage = pageOf(MyBookingView, 'MyBookingPage');
export const MyBookingQuery = z.object({ ...PageQuery.shape, status: z.enum(bookingStatuses).optional() });
export type MyBookingQuery = z.infer<typeof MyBookingQuery>;

export const AdminBookingView = z
  .object({
    ...MyBookingView.shape,
    user: z.object({ id: z.number().int(), username: z.string() }).nullable(),
    paid_with: z.enum(paymentMethods).optional().describe('once it is paid: how'),
    paid_by: z
      .object({ id: z.number().int(), username: z.string().nullable().describe('null when the user has been deleted') })
      .optional()
      .describe('once it is paid: the administrator who took the money'),
  })
  .meta({ id: 'AdminBooking', example: { ...exampleMyBooking, user: { id: 1, username: 'alice' } } });
export type AdminBookingView = z.infer<typeof AdminBookingView>;
export const AdminBookingPage = pageOf(AdminBookingView, 'AdminBookingPage');
export const AdminBookingQuery = z.object({
  ...MyBookingQuery.shape,
  user_id: IntegerId.optional(),
  username: z
    .string()
    .trim()
    .min(1)
    .max(254)
    .optional()
    .describe('a complete user name (case-insensitive), instead of user_id'),
  show_id: IntegerId.optional(),
  code: z
    .string()
    .max(40)
    // As Crockford's Base32 is read: what looks like a digit is one.
    .transform((code) => code.replace(/[\s-]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1'))
    .pipe(z.string().regex(/^[A-Z0-9]+$/, 'a code consists of letters and digits'))
    .optional()
    .describe('the short code of a booking; case, spaces and hyphens do not matter'),
});
export type AdminBookingQuery = z.infer<typeof AdminBookingQuery>;
