import { createHash } from 'node:crypto';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { type Layout, seatsOf } from '@boxoffice/shared/layout';

/** Stores a layout, unless an equal one is stored. Returns its id. */
export async function saveLayout(em: EntityManager, layout: Layout): Promise<number> {
  const hash = hashOf(layout);
  const [added] = await em.execute<{ id: number }[]>(
    `insert into catalog.layouts (hash, rows, legend, total_seats)
     values (?, array(select value from jsonb_array_elements_text(?::jsonb) with ordinality as row (value, number)
       order by number), ?::jsonb, ?) on conflict (hash) do nothing returning id`,
    [hash, JSON.stringify(layout.rows), JSON.stringify(layout.legend), seatsOf(layout).length],
  );
  if (added) return added.id;
  const [found] = await em.execute<[{ id: number }]>('select id from catalog.layouts where hash = ?', [hash]);
  return found.id;
}

/** Layouts by id. Ids that do not exist are left out. */
export async function findLayouts(em: EntityManager, ids: number[]): Promise<Map<number, Layout>> {
  if (ids.length === 0) return new Map();
  const rows = await em.execute<(Layout & { id: number })[]>(
    'select id, to_jsonb(rows) as rows, legend from catalog.layouts where id in (?)',
    [ids],
  );
  return new Map(rows.map(({ id, ...layout }) => [id, layout]));
}

/** A layout that a screen or a show refers to. */
export async function getLayout(em: EntityManager, id: number): Promise<Layout> {
  const layout = (await findLayouts(em, [id])).get(id);
  if (!layout) throw new Error(`There is no layout ${id}`);
  return layout;
}

/** Equal layouts have the same hash, whatever the order of their legends. */
function hashOf({ rows, legend }: Layout): Buffer {
  const kinds = Object.entries(legend)
    .map(([key, { category, accessible = false }]) => [key, category, accessible])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([rows, kinds]))
    .digest();
}
