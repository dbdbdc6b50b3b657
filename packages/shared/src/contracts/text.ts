import { z } from 'zod';

/**
 * Arguments of `refine` that accept only what PostgreSQL can store: `text` allows no NUL, and `jsonb`, which
 * keeps the audit log, no lone surrogate.
 */
export const storable = [
  (text: string) => !text.includes('\0') && text.isWellFormed(),
  {
    error: ({ input }: { input?: unknown }) =>
      String(input).includes('\0') ? 'NUL characters are not allowed' : 'Lone surrogates are not allowed',
  },
] as const;

export const Text = z.string().refine(...storable);
