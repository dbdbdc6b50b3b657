import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sendFileError } from './file-errors.ts';
import { addLandingPage, type LandingPageDependencies } from './landing-page.ts';

/** Where `pnpm build` puts the pages. */
const builtPages = join(import.meta.dirname, '../../../../web/dist');

const hidden = { schema: { hide: true } };

/**
 * Serves the landing page, the box office and the admin portal. Every path below `/boxoffice/` and `/admin/`
 * returns the same page, which does its own routing. Before the pages are built, `/` redirects to Swagger UI.
 */
export function addPages(http: Http, dependencies: LandingPageDependencies, built = builtPages): void {
  void http.register(async (pages) => {
    pages.setErrorHandler(sendFileError);
    if (!existsSync(join(built, 'index.html'))) return explainMissingPages(pages);
    await pages.register(fastifyStatic, {
      root: join(built, 'assets'),
      prefix: '/assets/',
      index: false,
      preCompressed: true,
      // File names change with their content.
      maxAge: '1y',
      immutable: true,
    });
    addLandingPage(pages, dependencies, { file: join(built, 'index.html'), headers: pageHeaders });
    addPage(pages, built, ['/boxoffice/', '/boxoffice/*'], 'boxoffice/index.html');
    addPage(pages, built, ['/admin/', '/admin/*'], 'admin/index.html');
  });
}

const pageHeaders = {
  // Everything comes from this server, nothing is inline.
  'content-security-policy': [
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; '),
  // A page refers to its assets by name, so caches must revalidate it.
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
  http.log.warn('the web pages have not been built: run `pnpm build`');
  http.get('/', hidden, async (_request, reply) => reply.redirect('/swagger/'));
  for (const path of ['/boxoffice/', '/boxoffice/*', '/admin/', '/admin/*']) {
    http.get(path, hidden, () => {
      throw new ProblemError(
        'not_found',
        'The web pages have not been built. Run `pnpm build` and restart the gateway.',
      );
    });
  }
}
