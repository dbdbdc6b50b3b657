import { z } from 'zod';
import { BookingShow, exampleBookingShow } from './booking.ts';
import { TimeZone } from './catalog.ts';

export const DashboardQuery = z.object({
  days: z.coerce.number().int().min(1).max(92).default(14).describe('number of days, including today'),
  time_zone: TimeZone.default('UTC').describe('the time zone in which days begin and end (IANA name)'),
});
export type DashboardQuery = z.infer<typeof DashboardQuery>;

const count = z.number().int().min(0);

export const DaySales = z.object({
  date: z.iso.date(),
  bookings: count.describe('made on this day and not cancelled'),
  seats: count.describe('their seats'),
  cancelled_seats: count.describe('seats of bookings that were made on this day and cancelled at any time'),
});
export type DaySales = z.infer<typeof DaySales>;

const ShowSales = z.object({
  show_id: z.number().int(),
  bookings: count,
  seats: count,
  show: BookingShow.nullable().describe('null when the show has been deleted'),
});
const ShowFill = z.object({ show: BookingShow, total_seats: count, available_seats: count });

export const DashboardView = z
  .object({
    sales_per_day: z.array(DaySales).describe('every day of the period, oldest first'),
    sales_per_show: z
      .array(ShowSales)
      .describe('the ten shows that sold the most seats in the period, best-selling first'),
    fill_per_show: z.array(ShowFill).describe('the next 24 shows, by start'),
  })
  .meta({
    id: 'Dashboard',
    example: {
      sales_per_day: [{ date: '2030-01-01', bookings: 12, seats: 31, cancelled_seats: 2 }],
      sales_per_show: [{ show_id: 7, bookings: 12, seats: 31, show: exampleBookingShow }],
      fill_per_show: [{ show: exampleBookingShow, total_seats: 80, available_seats: 49 }],
    },
  });
export type DashboardView = z.infer<typeof DashboardView>;

const seconds = z.number().min(0);

export const QueuesView = z
  .object({
    waiting_jobs: count.describe('queue depth: jobs waiting in all partitions, each with up to 128 requests'),
    oldest_seconds: seconds.describe('age of the oldest waiting job'),
    decision_seconds: z
      .object({ jobs: count, median: seconds, p95: seconds, slowest: seconds })
      .nullable()
      .describe(
        'time from acceptance to decision of the last 20 jobs of each partition within a minute; null if there were none',
      ),
    partitions: z.array(z.object({ partition: count, waiting_jobs: count, oldest_seconds: seconds })),
  })
  .meta({
    id: 'Queues',
    example: {
      waiting_jobs: 3,
      oldest_seconds: 0.012,
      decision_seconds: { jobs: 20, median: 0.004, p95: 0.011, slowest: 0.013 },
      partitions: [{ partition: 0, waiting_jobs: 3, oldest_seconds: 0.012 }],
    },
  });
export type QueuesView = z.infer<typeof QueuesView>;
