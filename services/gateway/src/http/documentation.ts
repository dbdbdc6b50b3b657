import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Problem, type ProblemCode, problem, problemCatalogue } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { stringify } from 'yaml';
import { z } from 'zod';
import { eventBytes } from '../streams/event-stream.ts';

const description = `
Boxoffice sells movie seats. Sign up, log in, put the access token under **Authorize**, look for a show and book.

A booking request is **queued**: \`202\` says that it was accepted and where to ask for its outcome. Everything that is
asked of one show is decided in the order in which it was accepted. Ask with \`Prefer: wait=10\` to get the outcome as
the answer.

Send an \`Idempotency-Key\` with what changes bookings: then trying again is always safe.

Errors are \`application/problem+json\` (RFC 9457): switch on \`code\`, show \`detail\`. A trailing slash is optional everywhere.
`.trim();

/** Registers the generation of the OpenAPI 3.1 document; must come before the routes that it is to know. */
export function addSchema(http: Http): void {
  void http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Boxoffice', version: '0.1.0', description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      tags: [
        { name: 'Authentication', description: 'Accounts and tokens' },
        { name: 'Movies', description: 'What is playing, and when' },
        { name: 'Shows', description: 'Which seats are free' },
        { name: 'Bookings', description: 'Book, ask, cancel' },
        { name: 'Admin', description: 'For administrators' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The access token from `/api/auth/login/`',
          },
        },
      },
    },
    transform: withExamples,
    transformObject: withSchemasInUse,
  });
}

interface Answer {
  content?: Record<string, { examples?: object }>;
}

/** As the generator writes an operation, with what it leaves out: that it is open, and its answers' examples. */
const withExamples: typeof jsonSchemaTransform = (operation) => {
  const written = jsonSchemaTransform(operation);
  written.schema.security ??= [];
  const answersOf = (schema: unknown) => (schema as { response?: Record<string, Answer> } | undefined)?.response ?? {};
  const writtenAnswers = answersOf(written.schema);
  for (const [status, answer] of Object.entries(answersOf(operation.schema))) {
    for (const [type, { examples }] of Object.entries(answer.content ?? {})) {
      const media = writtenAnswers[status]?.content?.[type];
      if (media && examples) media.examples = examples;
    }
  }
  return written;
};

/** The generator writes each schema as it is sent and as it is answered; what no operation names is left out. */
const withSchemasInUse: typeof jsonSchemaTransformObject = (written) => {
  const document = jsonSchemaTransformObject(written);
  if (!('openapi' in document)) return document;
  const schemas: Record<string, unknown> = document.components?.schemas ?? {};
  const inUse = new Set<string>();
  const follow = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (inUse.has(name)) continue;
      inUse.add(name);
      follow(schemas[name]);
    }
  };
  follow(document.paths);
  for (const name of Object.keys(schemas)) if (!inUse.has(name)) delete schemas[name];
  return document;
};

/** Serves the document, Swagger UI and ReDoc, with nothing loaded from elsewhere. */
export function addDocumentationPages(http: Http): void {
  http.get('/schema/', { schema: { hide: true } }, async (request, reply) => {
    const { format } = request.query as { format?: string };
    const yaml = format ? format === 'yaml' : /yaml/.test(request.headers.accept ?? '');
    if (!yaml) return http.swagger();
    return reply
      .type('application/yaml; charset=utf-8')
      .send(stringify(http.swagger(), { aliasDuplicateObjects: false }));
  });

  void http.register(swaggerUi, {
    routePrefix: '/swagger',
    staticCSP: true,
    // Swagger UI styles its own parts inline; everything it loads is from here.
    transformStaticCSP: () => contentSecurityPolicy("connect-src 'self'"),
    theme: { title: 'Boxoffice · Swagger UI' },
    uiConfig: {
      layout: 'BaseLayout',
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
    },
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

function contentSecurityPolicy(more: string): string {
  return `default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; ${more}`;
}

/** ReDoc in one script. Its footer's logo would come from its maker's server: a blank takes its place. */
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

/**
 * The error answers of one operation, for its schema: the codes it can give, grouped by status.
 * What is not named is not in the document, so name them all.
 */
export function problems(...codes: ProblemCode[]) {
  const byStatus = Map.groupBy(codes, (code) => problemCatalogue[code].status);
  const answers = [...byStatus].map(([status, of]) => [
    status,
    {
      description: of.map((code) => `\`${code}\`: ${problemCatalogue[code].title}`).join('. '),
      content: {
        'application/problem+json': {
          schema: Problem,
          examples: Object.fromEntries(
            of.map((code) => [code, { value: { ...problem(code), instance: 'Zr8fQ2xkLm0a' } }]),
          ),
        },
      },
    },
  ]);
  return Object.fromEntries(answers) as Record<
    number,
    { description: string; content: { 'application/problem+json': { schema: typeof Problem } } }
  >;
}

/** The answer of an operation that is a stream, for its schema. `events` are examples, one of each kind. */
export function eventStream(description: string, events: { event: string; data: unknown; id?: string }[]) {
  const text = `retry: 2000\n\n${events.map(({ event, data, id }) => eventBytes(event, data, id)).join('')}`;
  return {
    description,
    content: { 'text/event-stream': { schema: z.string(), examples: { events: { value: text } } } },
  };
}
