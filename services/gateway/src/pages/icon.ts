import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** Serves the icon where browsers look for one, for every page that names none. */
export async function addIcon(http: FastifyInstance): Promise<void> {
  const icon = await readFile(join(import.meta.dirname, 'icon.svg'));
  http.get('/favicon.ico', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('image/svg+xml').header('cache-control', 'public, max-age=86400').send(icon),
  );
}
