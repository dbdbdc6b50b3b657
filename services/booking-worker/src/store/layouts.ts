import type { Layout } from '@boxoffice/shared/layout';
import { LayoutCache } from '@boxoffice/shared/layout-cache';
import type { SeatPlan } from '@boxoffice/shared/seats';
import type { PoolClient } from 'pg';

/** A show as `readState` reads it: with the id of its layout, which is still to be added. */
export type PlannedShow = SeatPlan & { layout_id: number | null };

/** The layouts of halls. They never change, so each is read once. */
export class Layouts {
  readonly #cache = new LayoutCache();

  /** Adds the layouts to shows. Asks the database only for layouts that are not cached. */
  async addTo(client: PoolClient, shows: Iterable<PlannedShow>): Promise<void> {
    const ofLayout = Map.groupBy(shows, (show) => show.layout_id);
    ofLayout.delete(null);
    const missing: number[] = [];
    for (const [id, found] of ofLayout as Map<number, PlannedShow[]>) {
      const layout = this.#cache.get(id);
      for (const show of found) show.layout = layout;
      if (!layout) missing.push(id);
    }
    if (missing.length === 0) return;
    const { rows } = await client.query<{ id: number; layout: Layout }>({
      name: 'read layouts',
      text: readLayoutsSql,
      values: [missing],
    });
    for (const row of rows) {
      const layout = this.#cache.add(row.id, row.layout);
      for (const show of ofLayout.get(row.id) ?? []) show.layout = layout;
    }
  }
}

const readLayoutsSql = `
  select found.id, json_build_object('rows', rows, 'legend', legend) as layout
  from unnest($1::int[]) as asked (id)
  cross join lateral (select * from catalog.layouts where layouts.id = asked.id limit 1) as found`;
