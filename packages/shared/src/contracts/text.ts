import { z } from 'zod';

/** Arguments of `refine` that accept only what PostgreSQL's `text` can store: anything without NUL. */
export const storable = [(text: string) => !text.includes('\0'), { error: 'NUL characters are not allowed' }] as const;

export const Text = z.string().refine(...storable);
