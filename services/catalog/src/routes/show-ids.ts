import { z } from 'zod';

/** `?ids=1,2,3`, at most 100. */
export const ShowIds = z.object({
  ids: z
    .string()
    .max(1_200)
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.int32().positive()).max(100)),
});
