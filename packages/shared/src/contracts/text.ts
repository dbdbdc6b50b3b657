import { z } from 'zod';

/** Arguments of `refine` that accept only what PostgreSQL can store as `text` and in `jsonb`. */
export const storable = [
  (text: string) => !text.includes('\0') && text.isWellFormed(),
  { error: 'NUL characters and unpaired surrogates are not allowed' },
] as const;

export const Text = z.string().refine(...storable);
