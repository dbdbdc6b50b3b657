import type { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import { columnsOf, seatsOf } from '@boxoffice/shared/layout';
import { grandHall, palace, type SampleHall, studio } from './halls.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** A made-up movie. */
type SampleMovie = Pick<Movie, 'title' | 'durationMinutes' | 'description' | 'rating' | 'language'>;

/** One of its shows. */
export interface SampleShow extends Pick<Show, 'screenName' | 'dateTime' | 'totalSeats' | 'seatsPerRow'> {
  /** Title of the movie. */
  title: string;
  /** The hall, whose seats have prices. Without one the show is free, in rows of seats. */
  hall?: SampleHall;
  /** How its seats are paid for, if not at the counter. */
  payment?: 'online';
  /** Share of the seats that are sold, from 0 to 1. */
  sold: number;
  /** Status of the booking of the user `demo`, on shows where there is one. */
  demo?: 'booked' | 'cancelled';
}

export interface Programme {
  movies: SampleMovie[];
  /** Shows after `now`. */
  upcoming: SampleShow[];
  /** Shows of the two weeks before `now`. */
  past: SampleShow[];
}

const movies: SampleMovie[] = [
  {
    title: 'The Last Reel',
    durationMinutes: 118,
    description: 'A projectionist finds one more film in the vault, and nobody remembers shooting it.',
    rating: 'PG-13',
    language: 'English',
  },
  {
    title: 'Monsoon Express',
    durationMinutes: 142,
    description: 'Two rivals, one night train, and a flood that strands everyone on board.',
    rating: 'PG',
    language: 'Hindi',
  },
  {
    title: 'Low Orbit',
    durationMinutes: 97,
    description: 'The cleaning crew of a space station is the last to hear that it is coming down.',
    rating: 'PG-13',
    language: 'English',
  },
  {
    title: 'Die Uhrmacherin',
    durationMinutes: 105,
    description: 'In a small town every clock stops but one, and its maker refuses to explain.',
    rating: '12',
    language: 'German',
  },
  {
    title: 'Paper Lions',
    durationMinutes: 88,
    description: 'A circus without animals folds its own, and one of them roars.',
    rating: 'G',
    language: 'English',
  },
];

/**
 * Five movies, eight shows in the two weeks to come and two a day in the two weeks before. No two shows
 * on one screen overlap. The very first show is free of charge, has 80 seats in rows of ten, none of them sold, and is
 * the last to start: the README's examples use it. All others take place in one of three halls and are paid at the counter,
 * except the fifth, which is paid for online: the README's example of a payment uses it.
 */
export function sampleProgramme(now: Date): Programme {
  const at = (title: string, days: number, time: string, hall: SampleHall, sold: number): SampleShow => {
    const seats = seatsOf(hall).length;
    return { ...show(now, days, time, hall.name, seats), seatsPerRow: columnsOf(hall), hall, title, sold };
  };
  return {
    movies,
    upcoming: [
      { ...show(now, 13, '19:30', 'Screen 1', 80), title: 'The Last Reel', sold: 0 },
      at('The Last Reel', 1, '19:30', palace, 0.64),
      { ...at('The Last Reel', 3, '21:00', studio, 0.95), demo: 'booked' },
      at('Monsoon Express', 2, '18:00', palace, 0.35),
      // Nothing is sold here: whatever is booked online has a payment.
      { ...at('Monsoon Express', 9, '18:00', grandHall, 0), payment: 'online' },
      { ...at('Low Orbit', 4, '20:15', grandHall, 0.33), demo: 'booked' },
      at('Die Uhrmacherin', 6, '17:45', studio, 0.3),
      at('Paper Lions', 12, '15:00', palace, 0.1),
    ],
    past: pastShows(at),
  };
}

const eveningMovies = ['The Last Reel', 'Low Orbit', 'The Last Reel', 'Monsoon Express'];
const afternoonMovies = ['Paper Lions', 'Die Uhrmacherin', 'Monsoon Express'];
/** Shares sold, going back from yesterday. */
const eveningsSold = [0.71, 0.58, 0.86, 0.93, 0.64, 0.46, 0.39, 0.55, 0.61, 0.82, 0.9, 0.57, 0.41, 0.36];
const afternoonsSold = [0.33, 0.28, 0.52, 0.6, 0.31, 0.22, 0.25, 0.3, 0.27, 0.55, 0.48, 0.29, 0.18, 0.2];
const demoBookings: Record<number, SampleShow['demo']> = { 3: 'booked', 6: 'cancelled', 10: 'booked' };

function pastShows(
  at: (title: string, days: number, time: string, hall: SampleHall, sold: number) => SampleShow,
): SampleShow[] {
  return eveningsSold.flatMap((sold, i) => {
    const demo = demoBookings[i + 1];
    const evening = at(pick(eveningMovies, i), -(i + 1), '19:30', palace, sold);
    const afternoon = at(
      pick(afternoonMovies, i),
      -(i + 1),
      '15:00',
      pick([studio, grandHall], i),
      pick(afternoonsSold, i),
    );
    return [afternoon, demo ? { ...evening, demo } : evening];
  });
}

const adjectives = ['Silent', 'Golden', 'Distant', 'Broken', 'Electric', 'Hidden', 'Burning', 'Second'];
const nouns = ['Harbour', 'Winter', 'Promise', 'Signal', 'Garden'];
const screens = 12;

/**
 * Forty movies with fifteen shows each within a month, none of them sold. Twenty shows a day, on screens of their
 * own: first an early show on each, then a late one, so that none overlap.
 */
export function largeProgramme(now: Date): Programme {
  const titles = adjectives.flatMap((adjective) => nouns.map((noun) => `The ${adjective} ${noun}`));
  const showsPerDay: number[] = [];
  return {
    movies: titles.map((title, i) => ({
      title,
      durationMinutes: 80 + ((i * 7) % 70),
      description: `${title}: one of many, to show a long programme.`,
      rating: pick(['G', 'PG', 'PG-13', 'R'], i),
      language: pick(['English', 'Hindi', 'German', 'French'], i),
    })),
    upcoming: titles.flatMap((title, i) =>
      Array.from({ length: 15 }, (_, j) => {
        const day = (i + j * 2) % 30;
        const onDay = showsPerDay[day] ?? 0;
        showsPerDay[day] = onDay + 1;
        const screen = onDay % screens;
        const time =
          onDay < screens ? pick(['16:30', '17:15', '18:00'], screen) : pick(['20:00', '20:45', '21:30'], screen);
        return { ...show(now, 1 + day, time, `Screen ${10 + screen}`, 40 + 20 * (screen % 10)), title, sold: 0 };
      }),
    ),
    past: [],
  };
}

function pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[], index: number): Item {
  return items[index % items.length] as Item;
}

/** A show this many days from today, at this time (UTC), in rows of ten. */
function show(now: Date, days: number, time: string, screenName: string, totalSeats: number) {
  const today = now.toISOString().slice(0, 10);
  const dateTime = new Date(Date.parse(`${today}T${time}:00Z`) + days * dayMs);
  return { screenName, dateTime, totalSeats, seatsPerRow: 10 };
}
