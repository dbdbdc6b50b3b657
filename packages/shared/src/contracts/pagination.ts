import { z } from 'zod';

/** The last page that a list can be asked for. */
export const pageLimit = 100_000;

/** `?page=` and `?page_size=` of every list. */
export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(pageLimit).default(1).describe('page, from 1'),
  page_size: z.coerce.number().int().min(1).max(100).default(20).describe('results per page'),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** The envelope of every list: `{count, next, previous, results}`; its example has the item's in it. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  const example = { count: 1, next: null, previous: null, results: [item.meta()?.example] };
  return z
    .object({
      count: z.number().int().describe('results in all pages'),
      next: z.string().nullable().describe('URL of the next page'),
      previous: z.string().nullable().describe('URL of the page before'),
      results: z.array(item),
    })
    .meta({ id, example });
}

/** What a service answers another: a page without links, which only the gateway can write. */
export interface Rows<Item> {
  count: number;
  results: Item[];
}
