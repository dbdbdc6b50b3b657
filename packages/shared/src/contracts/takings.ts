import { z } from 'zod';
import { BookingShow, exampleBookingShow, paymentMethods } from './booking.ts';
import { TimeZone } from './catalog.ts';
import { hasFourDigitYear, yearMessage } from './moments.ts';

/** The most shows that the takings of a day list. */
export const takingsShowLimit = 100;

export const TakingsQuery = z.object({
  date: z.iso
    .date()
    .refine((date) => hasFourDigitYear(new Date(date)), { error: yearMessage })
    .optional()
    .describe('the day; today by default'),
  time_zone: TimeZone.default('UTC').describe('the time zone in which the day begins and ends (IANA name)'),
});
export type TakingsQuery = z.infer<typeof TakingsQuery>;

const count = z.number().int().min(0);

const sums = {
  currency: z.string().describe('ISO 4217'),
  bookings: count.describe('paid on this day'),
  amount: count.describe('what they cost, in minor units, including those cancelled later'),
  cancelled_bookings: count.describe('how many of them have been cancelled since'),
  cancelled_amount: count.describe('what those cost: money that may have to be refunded'),
};
const CurrencyTakings = z.object(sums);
const PaidWithTakings = z.object({ paid_with: z.enum(paymentMethods), ...sums });
const ShowTakings = z.object({ show_id: z.number().int(), ...sums });

/** The payments of one day. */
export interface DayTakings {
  date: string;
  by_currency: z.infer<typeof CurrencyTakings>[];
  by_paid_with: z.infer<typeof PaidWithTakings>[];
  by_show: z.infer<typeof ShowTakings>[];
  show_count: number;
}

const exampleSums = { currency: 'EUR', bookings: 12, amount: 31_900, cancelled_bookings: 1, cancelled_amount: 2_200 };

export const TakingsView = z
  .object({
    date: z.iso.date(),
    by_currency: z.array(CurrencyTakings),
    by_paid_with: z.array(PaidWithTakings).describe('by currency and payment method'),
    by_show: z
      .array(
        z.object({
          ...ShowTakings.shape,
          show: BookingShow.nullable().describe('null when the show has been deleted'),
        }),
      )
      .describe(`by show and currency, for each currency the highest amount first; at most ${takingsShowLimit}`),
    show_count: count.describe('the number of entries that `by_show` would have without its limit'),
  })
  .meta({
    id: 'Takings',
    example: {
      date: '2030-01-01',
      by_currency: [exampleSums],
      by_paid_with: [{ paid_with: 'cash', ...exampleSums }],
      by_show: [{ show_id: 7, ...exampleSums, show: exampleBookingShow }],
      show_count: 1,
    },
  });
export type TakingsView = z.infer<typeof TakingsView>;
