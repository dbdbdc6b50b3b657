import type { Movie, Show } from '@boxoffice/shared/database/entities/catalog';

/** A made-up movie and its shows in the days to come. */
export interface SampleMovie extends Pick<Movie, 'title' | 'durationMinutes' | 'description' | 'rating' | 'language'> {
  shows: Pick<Show, 'screenName' | 'dateTime' | 'totalSeats' | 'seatsPerRow'>[];
}

/** Five movies, eight shows within two weeks. The very first show has 80 seats: `pnpm rush --show 1` is made for it. */
export function sampleProgramme(): SampleMovie[] {
  return [
    {
      title: 'The Last Reel',
      durationMinutes: 118,
      description: 'A projectionist finds one more film in the vault, and nobody remembers shooting it.',
      rating: 'PG-13',
      language: 'English',
      shows: [show(1, '19:30', 'Screen 1', 80), show(3, '21:00', 'Screen 2', 40), show(8, '19:30', 'Screen 1', 80)],
    },
    {
      title: 'Monsoon Express',
      durationMinutes: 142,
      description: 'Two rivals, one night train, and a flood that keeps all its passengers where they are.',
      rating: 'PG',
      language: 'Hindi',
      shows: [show(2, '18:00', 'Screen 1', 80), show(9, '18:00', 'Screen 3', 120)],
    },
    {
      title: 'Low Orbit',
      durationMinutes: 97,
      description: 'The cleaning crew of a space station is the last to be told that it is coming down.',
      rating: 'PG-13',
      language: 'English',
      shows: [show(4, '20:15', 'Screen 3', 120)],
    },
    {
      title: 'Die Uhrmacherin',
      durationMinutes: 105,
      description: 'In a small town every clock stops but one, and its maker has no wish to explain.',
      rating: '12',
      language: 'German',
      shows: [show(6, '17:45', 'Screen 2', 40)],
    },
    {
      title: 'Paper Lions',
      durationMinutes: 88,
      description: 'A circus without animals folds its own, and one of them roars.',
      rating: 'G',
      language: 'English',
      shows: [show(12, '15:00', 'Screen 1', 80)],
    },
  ];
}

const adjectives = ['Silent', 'Golden', 'Distant', 'Broken', 'Electric', 'Hidden', 'Burning', 'Second'];
const nouns = ['Harbour', 'Winter', 'Promise', 'Signal', 'Garden'];
const times = ['14:00', '16:30', '18:15', '19:30', '21:00'];

/** Forty movies with fifteen shows each, within a month. */
export function largeProgramme(): SampleMovie[] {
  const titles = adjectives.flatMap((adjective) => nouns.map((noun) => `The ${adjective} ${noun}`));
  return titles.map((title, i) => ({
    title,
    durationMinutes: 80 + ((i * 7) % 70),
    description: `${title}: one of many, to see how a long programme looks.`,
    rating: ['G', 'PG', 'PG-13', 'R'][i % 4] ?? '',
    language: ['English', 'Hindi', 'German', 'French'][i % 4] ?? '',
    shows: Array.from({ length: 15 }, (_, j) =>
      show(
        1 + ((i + j * 2) % 30),
        times[(i + j) % times.length] ?? '20:00',
        `Screen ${1 + (i % 12)}`,
        40 + 20 * (i % 10),
      ),
    ),
  }));
}

/** A show so many days from today (UTC), in rows of ten. */
function show(days: number, time: string, screenName: string, totalSeats: number): SampleMovie['shows'][number] {
  const dateTime = new Date(`${new Date().toISOString().slice(0, 10)}T${time}:00Z`);
  dateTime.setUTCDate(dateTime.getUTCDate() + days);
  return { screenName, dateTime, totalSeats, seatsPerRow: 10 };
}
