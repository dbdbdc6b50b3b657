import type { Http } from '@boxoffice/shared/service/http';
import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

const description = `
Boxoffice sells cinema seats. Sign up, log in, enter the access token under **Authorize**, choose a show and book.

Booking requests are **queued**: \`202\` means that a request was accepted and says where to find its outcome. All
requests for a show are decided in the order in which they were accepted. Send \`Prefer: wait=10\` to receive the
outcome as the response.

Send an \`Idempotency-Key\` with every request that changes bookings; retrying it is then always safe.

Errors are \`application/problem+json\` (RFC 9457): switch on \`code\`, show \`detail\`. Trailing slashes are optional.
`.trim();

/**
 * Enables the OpenAPI 3.1 document. Must be registered before the routes, or they are missing from it.
 *
 * @param serverUrl where the API is; by default, wherever the document was fetched from
 */
export function addOpenApiDocument(http: Http, serverUrl = '/'): void {
  void http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Boxoffice', version: '0.1.0', description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: serverUrl }],
      tags: [
        { name: 'Authentication', description: 'Accounts and tokens' },
        { name: 'Movies', description: 'What is playing and when' },
        { name: 'Shows', description: 'Shows and their seats' },
        { name: 'Bookings', description: 'Booking, tracking and cancelling' },
        { name: 'Payments', description: 'Paying for holds online' },
        { name: 'Admin', description: 'For administrators only' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The access token from `POST /api/auth/login/`',
          },
        },
      },
    },
    transform: withExamples,
    transformObject: withSchemasInUse,
  });
}

interface DocumentedResponse {
  content?: Record<string, { examples?: object }>;
}

/** Adds what the generator leaves out of an operation: an explicit empty `security`, and the examples of responses. */
const withExamples: typeof jsonSchemaTransform = (operation) => {
  const written = jsonSchemaTransform(operation);
  written.schema.security ??= [];
  const responsesOf = (schema: unknown) =>
    (schema as { response?: Record<string, DocumentedResponse> } | undefined)?.response ?? {};
  const writtenResponses = responsesOf(written.schema);
  for (const [status, response] of Object.entries(responsesOf(operation.schema))) {
    for (const [type, { examples }] of Object.entries(response.content ?? {})) {
      const media = writtenResponses[status]?.content?.[type];
      if (media && examples) media.examples = examples;
    }
  }
  return written;
};

/** The generator writes an input and an output variant of every schema; removes those that no operation refers to. */
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
