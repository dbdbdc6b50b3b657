import type { ShowFacts } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { columnsOf, seatsOf } from '@boxoffice/shared/layout';
import { getLayout } from '../repositories/layouts.ts';
import { getScreenForShow } from '../repositories/screens.ts';

/** Where a show takes place, and its seats. */
export type Hall = Pick<ShowFacts, 'screen_id' | 'layout_id' | 'screen_name' | 'total_seats' | 'seats_per_row'>;

/** The fields of a request that concern the hall. `checkHall` has checked those of a new show. */
export interface HallChange {
  screen_id?: number | null | undefined;
  screen_name?: string | undefined;
  total_seats?: number | undefined;
  seats_per_row?: number | undefined;
}

export const defaultSeatsPerRow = 10;

/** The hall of a new show: a screen, which this locks, or rows of its own. */
export async function newHall(em: EntityManager, wanted: HallChange): Promise<Hall> {
  if (typeof wanted.screen_id === 'number') return hallOfScreen(em, wanted.screen_id);
  return {
    screen_id: null,
    layout_id: null,
    screen_name: wanted.screen_name ?? '',
    total_seats: wanted.total_seats ?? 0,
    seats_per_row: wanted.seats_per_row ?? defaultSeatsPerRow,
  };
}

/**
 * The hall of a show after a change. On the same screen it keeps its layout, even if that of the screen has changed.
 *
 * @throws {ProblemError} validation_failed
 */
export async function changedHall(em: EntityManager, before: Hall, change: HallChange): Promise<Hall> {
  const { screen_id = before.screen_id, ...own } = change;
  if (screen_id !== null) {
    for (const field of ['screen_name', 'total_seats', 'seats_per_row'] as const) {
      if (own[field] !== undefined) throw invalid(field, `Is determined by screen ${screen_id}, which the show is on`);
    }
    return screen_id === before.screen_id ? before : hallOfScreen(em, screen_id);
  }
  if (before.screen_id !== null && own.total_seats === undefined)
    throw invalid('total_seats', 'Is required without screen_id');
  return newHall(em, {
    screen_name: own.screen_name ?? before.screen_name,
    total_seats: own.total_seats ?? before.total_seats,
    seats_per_row: own.seats_per_row ?? (before.screen_id === null ? before.seats_per_row : defaultSeatsPerRow),
  });
}

/** The categories of a hall's seats. */
export async function categoriesOf(em: EntityManager, { layout_id }: Hall): Promise<Set<string>> {
  if (layout_id === null) return new Set(['standard']);
  return new Set(seatsOf(await getLayout(em, layout_id)).map((seat) => seat.category));
}

async function hallOfScreen(em: EntityManager, id: number): Promise<Hall> {
  const screen = await getScreenForShow(em, id);
  const layout = await getLayout(em, screen.layout.id);
  return {
    screen_id: id,
    layout_id: screen.layout.id,
    screen_name: screen.name,
    total_seats: seatsOf(layout).length,
    seats_per_row: columnsOf(layout),
  };
}

function invalid(field: string, message: string): ProblemError {
  return new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: [message] } });
}
