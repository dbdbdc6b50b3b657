import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Http } from '@boxoffice/shared/service/http';
import swaggerUi, { type FastifySwaggerUiOptions } from '@fastify/swagger-ui';
import { sendFileError } from './file-errors.ts';
import { addSchema } from './schema.ts';

const swaggerOptions: FastifySwaggerUiOptions = {
  routePrefix: '/swagger',
  staticCSP: true,
  // Swagger UI uses inline styles; everything it loads comes from this server.
  transformStaticCSP: () => contentSecurityPolicy("connect-src 'self'"),
  theme: { title: 'Boxoffice · Swagger UI' },
  uiConfig: {
    layout: 'BaseLayout',
    persistAuthorization: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
  },
};

/** Serves the OpenAPI document, Swagger UI and ReDoc. Nothing is loaded from other hosts. */
export function addDocumentationPages(http: Http): void {
  addSchema(http);
  void http.register(async (pages) => {
    pages.setErrorHandler(sendFileError);
    await pages.register(swaggerUi, swaggerOptions);
  });
  void http.register(async (pages) => {
    const script = await readRedoc();
    pages.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', contentSecurityPolicy("worker-src 'self' blob:"));
    });
    pages.get('/redoc/redoc.standalone.js', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(script),
    );
    pages.get('/redoc/', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(redocPage),
    );
  });
}

function contentSecurityPolicy(extra: string): string {
  return `default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; ${extra}`;
}

/** ReDoc as a single script. The logo in its footer would be loaded from its vendor: a blank replaces it. */
async function readRedoc(): Promise<Buffer> {
  const script = await readFile(createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js'), 'utf8');
  const blank = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/%3E";
  return Buffer.from(script.replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', blank));
}

const redocPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Boxoffice · API reference</title>
    <link rel="icon" href="data:,">
    <style>body { margin: 0 }</style>
  </head>
  <body>
    <redoc spec-url="/schema/" disable-search="false" hide-download-button="false"></redoc>
    <script src="/redoc/redoc.standalone.js"></script>
  </body>
</html>
`;
