import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Parts } from '../parts.ts';
import { addLandingPage } from './landing-page.ts';

/** Where `pnpm build` puts the pages. */
const builtPages = join(import.meta.dirname, '../../../../web/dist');

const hidden = { schema: { hide: true } };

/**
 * Serves the landing page, the box office and the admin portal. What is under `/boxoffice/` and
 * `/admin/` is the page itself, which reads the rest of the path. Before the pages are built, `/` leads
 * to Swagger UI.
 */
export function addPages(http: Http, parts: Pick<Parts, 'catalog'>, built = builtPages): void {
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
    addLandingPage(pages, parts, { file: join(built, 'index.html'), headers: pageHeaders });
    addPage(pages, built, ['/boxoffice/', '/boxoffice/*'], 'boxoffice/index.html');
    addPage(pages, built, ['/admin/', '/admin/*'], 'admin/index.html');
  });
}

const pageHeaders = {
  // Everything from here, nothing inline.
  'content-security-policy': [
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; '),
  // A page names its assets: it may be kept, with its entity tag, but must be asked for.
  'cache-control': 'no-cache',
};

function addPage(http: FastifyInstance, built: string, paths: string[], file: string): void {
  for (const path of paths) {
    http.get(path, hidden, async (_request, reply) => {
      return reply.headers(pageHeaders).sendFile(file, built, { cacheControl: false });
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
