import { z } from 'zod';
import { hasFourDigitYear, PointInTime, yearMessage } from './moments.ts';
import { PageQuery, pageOf } from './pagination.ts';
import { checkHall, hallFields } from './show-hall.ts';
import { changedRuleFields, exampleRules, ruleFields, ShowRules } from './show-rules.ts';
import { storable, Text } from './text.ts';

/** A positive 32-bit integer, like PostgreSQL's `integer` keys. */
export const IntegerId = z.coerce.number().int().min(1).max(2_147_483_647);
export const IdParams = z.object({ id: IntegerId });
export type IdParams = z.infer<typeof IdParams>;

const exampleMovie = {
  title: 'The Last Reel',
  duration_minutes: 118,
  description: 'A projectionist finds one more film in the vault.',
  rating: 'PG-13',
  language: 'English',
  poster_url: null,
};

export const MovieView = z
  .object({
    id: z.number().int(),
    title: z.string(),
    duration_minutes: z.number().int(),
    description: z.string(),
    rating: z.string(),
    language: z.string(),
    poster_url: z.string().nullable(),
  })
  .meta({
    id: 'Movie',
    example: { id: 1, ...exampleMovie },
  });
export type MovieView = z.infer<typeof MovieView>;
export const MoviePage = pageOf(MovieView, 'MoviePage');

export const MovieQuery = z.object({
  ...PageQuery.shape,
  search: Text.trim().max(200).optional().describe('part of the title'),
});
export type MovieQuery = z.infer<typeof MovieQuery>;

const movieFields = {
  title: Text.trim().min(1).max(200),
  duration_minutes: z.number().int().min(1).max(1_000),
  description: Text.max(5_000),
  rating: Text.max(20),
  language: Text.max(50),
  poster_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .refine(...storable)
    .nullable(),
};
export const MovieCreateBody = z
  .object({
    ...movieFields,
    description: movieFields.description.default(''),
    rating: movieFields.rating.default(''),
    language: movieFields.language.default(''),
    poster_url: movieFields.poster_url.default(null),
  })
  .meta({ id: 'MovieCreate', example: exampleMovie });
export type MovieCreateBody = z.infer<typeof MovieCreateBody>;
export const MovieChangeBody = z
  .object(movieFields)
  .partial()
  .meta({ id: 'MovieChange', example: { rating: 'PG' } });
export type MovieChangeBody = z.infer<typeof MovieChangeBody>;

const exampleShow = {
  movie_id: 1,
  screen_name: 'Screen 1',
  date_time: '2030-01-01T19:30:00.000Z',
  total_seats: 80,
  seats_per_row: 10,
};

export const showStatuses = ['scheduled', 'cancelled'] as const;

const exampleView = {
  ...{ id: 7, ...exampleShow, screen_id: null, available_seats: 79 },
  ...{ status: 'scheduled', ...exampleRules },
};

export const ShowView = z
  .object({
    id: z.number().int(),
    movie_id: z.number().int(),
    screen_name: z.string(),
    screen_id: z.number().int().nullable().describe('null when the show is not on a screen'),
    date_time: z.iso.datetime().describe('the start, in UTC'),
    total_seats: z.number().int(),
    seats_per_row: z.number().int().describe('on a screen, the width of the hall in columns'),
    available_seats: z.number().int().describe('seats that are neither held nor booked'),
    status: z.enum(showStatuses),
    ...ShowRules.shape,
  })
  .meta({
    id: 'Show',
    example: exampleView,
  });
export type ShowView = z.infer<typeof ShowView>;
export const ShowPage = pageOf(ShowView, 'ShowPage');

const moment = z.iso.datetime({ offset: true, local: true }).or(z.iso.date());
/** A time without an offset is in UTC, as everywhere in Boxoffice. */
const Moment = moment
  .transform(
    (text) => new Date(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.includes('T') ? text : `${text}T00:00`}Z`),
  )
  .refine(hasFourDigitYear, { error: yearMessage });

export const ShowQuery = z.object({
  ...PageQuery.shape,
  from: Moment.optional()
    .describe('shows that start at or after this time (ISO 8601)')
    .meta({ example: '2030-01-01T00:00:00Z' }),
  to: Moment.optional()
    .describe('shows that start before this time (ISO 8601)')
    .meta({ example: '2030-02-01T00:00:00Z' }),
});
export type ShowQuery = z.infer<typeof ShowQuery>;

export const AdminShowQuery = z.object({ ...ShowQuery.shape, movie_id: IntegerId.optional() });
export type AdminShowQuery = z.infer<typeof AdminShowQuery>;

const showFields = {
  movie_id: z.number().int().min(1).max(2_147_483_647),
  date_time: PointInTime.meta({ example: '2030-01-01T19:30:00Z' }),
  ...hallFields,
};
export const ShowCreateBody = z
  .object({ ...showFields, ...ruleFields })
  .superRefine(checkHall)
  .meta({ id: 'ShowCreate', example: exampleShow });
export type ShowCreateBody = z.infer<typeof ShowCreateBody>;
export const ShowChangeBody = z
  .object({ ...showFields, ...changedRuleFields })
  .partial()
  .meta({ id: 'ShowChange', example: { date_time: '2030-01-01T20:15:00Z' } });
export type ShowChangeBody = z.infer<typeof ShowChangeBody>;

export const ShowCancelBody = z
  .object({ reason: Text.trim().min(1).max(500).describe('shown with every hold and booking that is cancelled') })
  .meta({ id: 'ShowCancel', example: { reason: 'The projector is broken' } });
export type ShowCancelBody = z.infer<typeof ShowCancelBody>;

/** The most shows in one run. */
export const showsPerRunLimit = 200;

/**
 * The IANA name of a time zone; null when there is no such zone. `Intl` also knows abbreviations, which PostgreSQL
 * reads as other zones or not at all (`IST`, `PST`), and offsets, whose sign POSIX and PostgreSQL invert (`+05:30`).
 */
export function canonicalTimeZone(name: string): string | null {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return /^([+-]|SystemV)/.test(timeZone) ? null : timeZone;
  } catch {
    return null;
  }
}

const isTimeZone = (name: string) => canonicalTimeZone(name) !== null;
export const TimeZone = z.string().max(100).refine(isTimeZone, 'Must be a time zone, such as Europe/Berlin');

const isDistinct = (values: string[]) => new Set(values).size === values.length;
const distinctMessage = 'Must not contain duplicates';
export const ShowRunBody = z
  .object({
    ...hallFields,
    ...ruleFields,
    dates: z.array(z.iso.date()).min(1).max(showsPerRunLimit).refine(isDistinct, distinctMessage),
    times: z
      .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time of day, such as 19:30'))
      .min(1)
      .max(24)
      .refine(isDistinct, distinctMessage),
    time_zone: TimeZone.describe('the time zone of `times` (IANA name)'),
  })
  .refine(({ dates, times }) => dates.length * times.length <= showsPerRunLimit, {
    error: `A run has at most ${showsPerRunLimit} shows (dates × times)`,
    path: ['dates'],
  })
  .superRefine(checkHall)
  .meta({
    id: 'ShowRun',
    example: {
      screen_name: 'Screen 1',
      total_seats: 80,
      seats_per_row: 10,
      dates: ['2030-03-30', '2030-03-31'],
      times: ['17:00', '20:15'],
      time_zone: 'Europe/Berlin',
    },
  });
export type ShowRunBody = z.infer<typeof ShowRunBody>;
export const ShowRunView = z
  .object({ count: z.number().int(), results: z.array(ShowView) })
  .meta({ id: 'ShowRunResult', example: { count: 1, results: [{ ...exampleView, available_seats: 80 }] } });

/** The facts about a show that the gateway needs before it queues a request for it. */
export interface ShowFacts extends ShowRules {
  id: number;
  movie_id: number;
  screen_name: string;
  screen_id: number | null;
  /** Of the layout that the show was created with; null for rows of `seats_per_row`. */
  layout_id: number | null;
  date_time: string;
  total_seats: number;
  seats_per_row: number;
  status: (typeof showStatuses)[number];
}
