import { z } from 'zod';

/** The years in which PostgreSQL reads times as JavaScript writes them; an offset can move a time beyond them. */
export const hasFourDigitYear = (time: Date) => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9_999;
export const yearMessage = 'Must be between the years 1 and 9999, UTC';

/** A time with an offset (ISO 8601). */
export const PointInTime = z.iso
  .datetime({ offset: true })
  .refine((text) => hasFourDigitYear(new Date(text)), { error: yearMessage });
