import { z } from 'zod';

/** The last page that a list can be requested for. */
export const pageLimit = 100_000;

/** The parameters `page` and `page_size` of every list. */
export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(pageLimit).default(1).describe('page number, from 1'),
  page_size: z.coerce.number().int().min(1).max(100).default(20).describe('results per page'),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** One page of a list: `{count, next, previous, results}`; its example contains the item's. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  const example = { count: 1, next: null, previous: null, results: [item.meta()?.example] };
  return z
    .object({
      count: z.number().int().describe('number of results on all pages'),
      next: z.string().nullable().describe('URL of the next page'),
      previous: z.string().nullable().describe('URL of the previous page'),
      results: z.array(item),
    })
    .meta({ id, example });
}

/** A page as one service sends it to another: without links, which only the gateway can write. */
export interface Rows<Item> {
  count: number;
  results: Item[];
}
