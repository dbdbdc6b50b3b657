import type { SeatMap } from '@boxoffice/client';

type Seat = SeatMap['seats'][number];

/** Seats with the same price, which look alike on the map. */
export interface Category {
  name: string;
  /** In minor units; 0 when the show is free. */
  price: number;
  free: number;
}

/** Looks of seats; more categories than these share them. */
const lookCount = 6;

/** The categories of a hall, the one with most seats first. */
export function categoriesOf({ seats }: SeatMap): Category[] {
  const groups = [...Map.groupBy(seats, (seat) => seat.category)].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  return groups.map(([name, members]) => ({
    name,
    price: members[0]?.price ?? 0,
    free: members.filter(isAvailable).length,
  }));
}

/** The class of a category's seats. */
export const lookOf = (categories: Category[], name: string): string =>
  `look-${categories.findIndex((category) => category.name === name) % lookCount}`;

export const isAvailable = ({ status }: Pick<Seat, 'status'>): boolean => status === 'available';
