import { z } from 'zod';
import { Text } from './text.ts';

/** Where a show takes place: on a screen, whose name and seats it gets, or in rows of its own. */
export const hallFields = {
  screen_id: z
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .nullable()
    .optional()
    .describe(
      'the screen that the show gets its name and seats from; instead of `screen_name`, `total_seats` and `seats_per_row`',
    ),
  screen_name: Text.trim().min(1).max(100).optional(),
  total_seats: z.number().int().min(1).max(10_000).optional(),
  seats_per_row: z.number().int().min(1).max(100).optional().describe('default: 10'),
};
const HallFields = z.object(hallFields);

/** A show has a screen, or a name and a number of seats of its own; never both. */
export function checkHall(
  hall: Pick<z.infer<typeof HallFields>, 'screen_id' | 'screen_name' | 'total_seats' | 'seats_per_row'>,
  context: z.RefinementCtx,
) {
  const add = (field: string, message: string) =>
    context.addIssue({ code: 'custom', message, path: [field], input: hall });
  const isOnScreen = typeof hall.screen_id === 'number';
  for (const field of ['screen_name', 'total_seats', 'seats_per_row'] as const) {
    if (isOnScreen && hall[field] !== undefined)
      add(field, 'Must be left out with screen_id: the screen determines it');
    const isNeeded = !isOnScreen && field !== 'seats_per_row';
    if (isNeeded && hall[field] === undefined) add(field, 'Is required without screen_id');
  }
}
