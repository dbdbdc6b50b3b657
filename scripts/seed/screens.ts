import { Screen } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { saveLayout } from '../../services/catalog/src/repositories/layouts.ts';
import type { SampleHall } from './halls.ts';

export interface ScreenRow {
  id: number;
  /** The layout of the sample hall, even if the screen has another by now. */
  layoutId: number;
}

/** Adds these halls as screens, except those whose name is taken. */
export async function addScreens(em: EntityManager, halls: Iterable<SampleHall>): Promise<Map<SampleHall, ScreenRow>> {
  const rows = new Map<SampleHall, ScreenRow>();
  for (const hall of halls) {
    const layoutId = await saveLayout(em, { rows: hall.rows, legend: hall.legend });
    const [found] = await em.execute<{ id: number }[]>('select id from catalog.screens where lower(name) = lower(?)', [
      hall.name,
    ]);
    const id = found?.id ?? (await em.insert(Screen, { name: hall.name, layout: layoutId }));
    rows.set(hall, { id, layoutId });
  }
  return rows;
}
