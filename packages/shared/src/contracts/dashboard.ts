import { z } from 'zod';
import { BookingShow, exampleBookingShow } from './booking.ts';
import { TimeZone } from './catalog.ts';

export const DashboardQuery = z.object({
  days: z.coerce.number().int().min(1).max(92).default(14).describe('how many days, today included'),
  time_zone: TimeZone.default('UTC').describe('whose midnight parts the days (IANA name)'),
});
export type DashboardQuery = z.infer<typeof DashboardQuery>;

const count = z.number().int().min(0);

export const DaySales = z.object({
  date: z.iso.date(),
  bookings: count.describe('made on this day and still standing'),
  seats: count.describe('seats of those'),
  cancelled_seats: count.describe('seats of bookings that were made on this day and cancelled, whenever that was'),
});
export type DaySales = z.infer<typeof DaySales>;

const ShowSales = z.object({
  show_id: z.number().int(),
  bookings: count,
  seats: count,
  show: BookingShow.nullable().describe('null when the show is gone'),
});
const ShowFill = z.object({ show: BookingShow, total_seats: count, available_seats: count });

export const DashboardView = z
  .object({
    sales_per_day: z.array(DaySales).describe('every day of the time, oldest first'),
    sales_per_show: z.array(ShowSales).describe('the ten shows that sold most seats in that time, most first'),
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
    waiting_jobs: count.describe('jobs that wait in all partitions; each carries up to 128 requests'),
    oldest_seconds: seconds.describe('how long the one that has waited longest has waited'),
    decision_seconds: z
      .object({ jobs: count, median: seconds, p95: seconds, slowest: seconds })
      .nullable()
      .describe('from accepted to decided, of the last 20 jobs of each partition within a minute; null without any'),
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
