import { z } from 'zod';

/** What `refine` takes to let through only what PostgreSQL's `text` can hold and compare with: anything but NUL. */
export const storable = [(text: string) => !text.includes('\0'), { error: 'NUL characters are not allowed' }] as const;

export const Text = z.string().refine(...storable);
