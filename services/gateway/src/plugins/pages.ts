import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where `pnpm build` puts the pages. */
const built = join(import.meta.dirname, '../../web/dist');

const hidden = { schema: { hide: true } };

/**
 * Serves the landing page, the box office and the admin portal. What is under `/boxoffice/` and
 * `/admin/` is the page itself, which reads the rest of the path. Before the pages are built, `/` leads
 * to Swagger UI.
 */
export function addPages(http: Http): void {
  void http.register(async (pages) => {
    if (!existsSync(join(built, 'index.html'))) return explainMissingPages(pages);
    await pages.register(fastifyStatic, {
      root: join(built, 'assets'),
      prefix: '/assets/',
      index: false,
      preCompressed: true,
      // Their names change with what is in them.
      maxAge: '1y',
      immutable: true,
    });
    addPage(pages, { paths: ['/'], file: 'index.html', policy: ownPolicy });
    addPage(pages, {
      paths: ['/boxoffice/', '/boxoffice/*'],
      file: 'boxoffice/index.html',
      policy: ownPolicy,
    });
    addPage(pages, { paths: ['/admin/', '/admin/*'], file: 'admin/index.html', policy: adminPolicy });
  });
}

/** Everything from here, nothing inline. */
const ownPolicy = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');
/** The admin portal's components write style elements as they are drawn. */
const adminPolicy = `${ownPolicy}; style-src 'self' 'unsafe-inline'`;

function addPage(
  http: FastifyInstance,
  { paths, file, policy }: { paths: string[]; file: string; policy: string },
): void {
  for (const path of paths) {
    http.get(path, hidden, async (_request, reply) => {
      // With its entity tag: a page names its assets, so that it may be kept but must be asked for.
      reply.headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' });
      return reply.sendFile(file, built, { cacheControl: false });
    });
  }
}

function explainMissingPages(http: FastifyInstance): void {
  http.log.warn('the web pages are not built: run `pnpm build`');
  http.get('/', hidden, async (_request, reply) => reply.redirect('/swagger/'));
  for (const path of ['/boxoffice/', '/boxoffice/*', '/admin/', '/admin/*']) {
    http.get(path, hidden, () => {
      throw new ProblemError('not_found', 'The web pages are not built: run `pnpm build` and start the gateway again.');
    });
  }
}
