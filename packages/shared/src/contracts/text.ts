import { z } from 'zod';

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();

/** Arguments of `refine` that accept only what PostgreSQL can store as `text` and in `jsonb`. */
export const storable = [
  isStorable,
  {
    error: ({ input }: { input: unknown }) =>
      String(input).includes('\0') ? 'NUL characters are not allowed' : 'Unpaired surrogates are not allowed',
  },
] as const;

export const Text = z.string().refine(...storable);
