import { z } from 'zod';
import { PageQuery, pageOf } from './pagination.ts';
import { Text } from './text.ts';

const rowLimit = 100;
const columnLimit = 200;
const seatLimit = 10_000;
/** A place in a row where there is no seat. */
export const gap = '_';

/** The name of a group of seats with the same price, in responses. */
export const StoredCategory = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,29}$/, 'Must be 1 to 30 lower-case letters, digits, _ or -')
  .meta({ example: 'standard' });

/** In requests: clients keep prices in objects, where the name of a property that every object has is always found. */
export const Category = StoredCategory.refine((name) => !(name in Object.prototype), {
  error: ({ input }) => `Must not be ${input}, a name that JavaScript reserves`,
}).meta({ example: 'standard' });

const legendOf = (category: typeof StoredCategory) =>
  z
    .record(
      // A blank or a control character would be invisible; a lone surrogate cannot be stored.
      z.string().refine((key) => [...key].length === 1 && key !== gap && !/[\s\p{C}]/u.test(key), {
        error: 'Must be one visible character other than _, which is a gap',
      }),
      z.object({ category, accessible: z.boolean().optional() }),
    )
    .refine((legend) => Object.keys(legend).length <= 50, 'Must have at most 50 entries')
    .describe('what each character of the layout stands for');

const layoutFields = {
  layout: z
    .array(z.string().max(2 * columnLimit))
    .min(1)
    .max(rowLimit)
    .describe('one string per row, from the front; `_` is a gap'),
  legend: legendOf(Category),
};

/** Names every place that the legend does not explain, up to ten, by row and column from 1. */
function checkLayout(
  { layout, legend }: { layout: string[]; legend: Record<string, unknown> },
  context: z.RefinementCtx,
) {
  const add = (message: string, path: (string | number)[] = ['layout']) =>
    context.addIssue({ code: 'custom', message, path, input: layout });
  let seats = 0;
  let unknown = 0;
  for (const [row, text] of layout.entries()) {
    const places = [...text];
    if (places.length > columnLimit) add(`Row ${row + 1} has more than ${columnLimit} columns`);
    for (const [column, place] of places.entries()) {
      if (place === gap) continue;
      seats++;
      if (Object.hasOwn(legend, place)) continue;
      if (++unknown <= 10) add(`Row ${row + 1}, column ${column + 1}: ${JSON.stringify(place)} is not in the legend`);
    }
  }
  if (seats === 0) add('The layout has no seat');
  if (seats > seatLimit) add(`The layout has ${seats} seats; the most is ${seatLimit}`);
}

const exampleScreen = {
  name: 'Screen 1',
  layout: ['SSSS_SSSS', 'SSSS_SSSS', 'PPPP_PPPP', 'W_______W'],
  legend: {
    S: { category: 'standard' },
    P: { category: 'premium' },
    W: { category: 'standard', accessible: true },
  },
};

const screenFields = { name: Text.trim().min(1).max(100), ...layoutFields };

export const ScreenBody = z
  .object(screenFields)
  .superRefine(checkLayout)
  .meta({ id: 'ScreenWrite', example: exampleScreen });
export type ScreenBody = z.infer<typeof ScreenBody>;

export const ScreenChangeBody = z
  .object(screenFields)
  .partial()
  .superRefine((change, context) => {
    const { layout, legend } = change;
    if (layout && legend) checkLayout({ layout, legend }, context);
    else if (layout ?? legend) {
      const missing = layout ? 'legend' : 'layout';
      const message = 'Layout and legend can only be changed together';
      context.addIssue({ code: 'custom', message, path: [missing], input: change });
    }
  })
  .meta({ id: 'ScreenChange', example: { name: 'Grand Hall' } });
export type ScreenChangeBody = z.infer<typeof ScreenChangeBody>;

export const ScreenView = z
  .object({
    id: z.number().int(),
    name: z.string(),
    ...layoutFields,
    legend: legendOf(StoredCategory),
    total_seats: z.number().int(),
    categories: z.record(z.string(), z.number().int()).describe('the number of seats by category'),
  })
  .meta({
    id: 'Screen',
    example: { id: 1, ...exampleScreen, total_seats: 26, categories: { standard: 18, premium: 8 } },
  });
export type ScreenView = z.infer<typeof ScreenView>;
export const ScreenPage = pageOf(ScreenView, 'ScreenPage');
export const ScreenQuery = z.object({ ...PageQuery.shape });
export type ScreenQuery = z.infer<typeof ScreenQuery>;
