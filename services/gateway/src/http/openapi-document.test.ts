import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildOpenApi } from '../openapi.ts';

interface Media {
  schema: Schema;
  examples?: Record<string, { value: { code: string; status: number } }>;
}
interface Schema {
  $ref?: string;
  example?: unknown;
  properties?: Record<string, Schema>;
}
interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security?: object[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}
interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: object };
}

let boxoffice: Boxoffice;
let document: Document;
let operations: [string, Operation][];
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0 });
  document = (await boxoffice.call<Document>('/schema/')).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
});
afterAll(() => boxoffice.stop());

describe('/schema/', () => {
  test('is OpenAPI 3.1 in JSON', async () => {
    const { headers } = await boxoffice.call('/schema');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(document.openapi).toBe('3.1.0');
  });

  test.each([
    ['?format=yaml', {}],
    ['', { accept: 'application/yaml' }],
    ['', { accept: 'application/vnd.oai.openapi+yaml, */*;q=0.1' }],
  ])('is available as YAML: %s %j', async (query, headers) => {
    const response = await boxoffice.call<string>(`/schema/${query}`, { headers: headers as Record<string, string> });
    expect(response.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(parse(response.body)).toEqual(document);
  });

  test('?format=json is JSON regardless of Accept', async () => {
    const { body } = await boxoffice.call('/schema/?format=json', { headers: { accept: 'application/yaml' } });
    expect(body).toEqual(document);
  });

  test('is the document from which the client is generated', async () => {
    expect(document).toEqual(await buildOpenApi());
  });

  test('has every public operation, and no path of the first generation', () => {
    expect(operations.map(([name]) => name).sort()).toEqual(
      [
        'POST /api/auth/signup/',
        'POST /api/auth/password/',
        'POST /api/auth/login/',
        'POST /api/auth/refresh/',
        'POST /api/auth/logout/',
        'GET /api/auth/me/',
        'GET /api/movies/',
        'GET /api/movies/{id}/',
        'GET /api/movies/{id}/shows/',
        'GET /api/shows/',
        'GET /api/shows/{id}/',
        'GET /api/shows/{id}/seats/',
        'GET /api/shows/{id}/seats/events/',
        'POST /api/shows/{id}/book/',
        'POST /api/shows/{id}/holds/',
        'GET /api/jobs/{id}/',
        'GET /api/jobs/{id}/events/',
        'GET /api/my-bookings/',
        'GET /api/bookings/{id}/',
        'POST /api/bookings/{id}/confirm/',
        'POST /api/bookings/{id}/cancel/',
        'POST /api/bookings/{id}/payments/',
        'GET /api/payments/{id}/',
        'POST /api/payments/events/{provider}/',
        ...['movies', 'screens', 'shows', 'users'].flatMap((resource) => [
          `GET /api/admin/${resource}/`,
          `POST /api/admin/${resource}/`,
          `GET /api/admin/${resource}/{id}/`,
          `PATCH /api/admin/${resource}/{id}/`,
          `PUT /api/admin/${resource}/{id}/`,
          `DELETE /api/admin/${resource}/{id}/`,
        ]),
        'POST /api/admin/movies/{id}/shows/run/',
        'POST /api/admin/shows/{id}/cancel/',
        'GET /api/admin/audit/',
        'GET /api/admin/dashboard/',
        'GET /api/admin/takings/',
        'GET /api/admin/queues/',
        'GET /api/admin/bookings/',
        'GET /api/admin/bookings/{id}/',
        'POST /api/admin/bookings/{id}/cancel/',
        'POST /api/admin/bookings/{id}/pay/',
        'DELETE /api/admin/bookings/{id}/',
        'GET /api/admin/payments/',
        'GET /api/admin/payments/sums/',
        'GET /api/admin/payments/{id}/',
        'POST /api/admin/payments/{id}/refund/',
        'POST /api/admin/payments/{id}/resolve/',
        'GET /.well-known/jwks.json',
      ].sort(),
    );
  });

  test('gives every operation a unique id, a summary and a documented tag', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(operations.filter(([, { summary }]) => !summary)).toEqual([]);
    const tags = new Set(operations.flatMap(([, operation]) => operation.tags));
    expect([...tags].sort()).toEqual(document.tags.map(({ name }) => name).sort());
  });

  test('says for each operation whether it requires an access token', () => {
    expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    expect(operations.filter(([, { security }]) => !security)).toEqual([]);
    const open = operations.filter(([, { security = [] }]) => security.length === 0).map(([name]) => name);
    expect(open.sort()).toEqual([
      'GET /.well-known/jwks.json',
      'GET /api/movies/',
      'GET /api/movies/{id}/',
      'GET /api/movies/{id}/shows/',
      'GET /api/shows/',
      'GET /api/shows/{id}/',
      'GET /api/shows/{id}/seats/',
      'GET /api/shows/{id}/seats/events/',
      'POST /api/auth/login/',
      'POST /api/auth/logout/',
      'POST /api/auth/refresh/',
      'POST /api/auth/signup/',
      'POST /api/payments/events/{provider}/', // has a signature instead
    ]);
  });

  test('has an example of every request and response body', () => {
    const without = operations.flatMap(([name, { requestBody, responses }]) =>
      [requestBody, ...Object.values(responses)]
        .flatMap((body) => body?.content?.['application/json'] ?? [])
        .filter(({ schema }) => !hasExample(schema))
        .map(({ schema }) => `${name}: ${schema.$ref}`),
    );
    expect(without).toEqual([]);
  });

  test('documents every error as a problem, with an example per code', () => {
    for (const [name, { responses }] of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        const media = content?.['application/problem+json'];
        expect(media?.schema, `${name} ${status}`).toEqual({ $ref: '#/components/schemas/Problem' });
        const examples = Object.entries(media?.examples ?? {});
        expect(examples.length, `${name} ${status}`).toBeGreaterThan(0);
        for (const [code, { value }] of examples) expect(value).toMatchObject({ code, status: Number(status) });
      }
    }
  });

  test('documents the errors that every operation of a kind has', () => {
    for (const [name, operation] of operations) {
      const statuses = Object.keys(operation.responses);
      if (operation.security?.length) expect(statuses, name).toContain('401');
      if (name.includes('/api/admin/')) expect(statuses, name).toContain('403');
      if (operation.requestBody) expect(statuses, name).toContain('400');
    }
    const { responses } = document.paths['/api/shows/{id}/book/']?.post ?? {};
    expect(Object.keys(responses ?? {})).toEqual([
      '201',
      '202',
      '400',
      '401',
      '402',
      '404',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
  });

  function hasExample({ $ref, ...inline }: Schema): boolean {
    const schema = $ref ? document.components.schemas[$ref.split('/').at(-1) ?? ''] : inline;
    if (!schema) return false;
    const properties = Object.values(schema.properties ?? {});
    return 'example' in schema || (properties.length > 0 && properties.every((property) => 'example' in property));
  }
});

describe.each([
  ['/swagger/', 'swagger-ui-bundle.js'],
  ['/swagger', 'swagger-ui-bundle.js'],
  ['/redoc/', 'redoc.standalone.js'],
  ['/redoc', 'redoc.standalone.js'],
])('%s', (path, script) => {
  test('is a page, and all of its files exist', async () => {
    const { status, headers, body } = await boxoffice.call<string>(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    const files = filesOf(body);
    expect(files.some((file) => file.endsWith(script))).toBe(true);
    for (const file of files) expect((await boxoffice.call(file)).status, file).toBe(200);
  });

  test('loads nothing from other hosts, and its policy forbids it', async () => {
    const { headers, body } = await boxoffice.call<string>(path);
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(/default-src 'self'/);
    expect(policy).not.toMatch(/https?:|\*|script-src[^;]*unsafe/);
  });

  const filesOf = (html: string) =>
    [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, file = '']) => file)
      .filter((file) => !file.startsWith('data:'))
      .map((file) => new URL(file, `${boxoffice.url}${path}`).pathname);
});

test('ReDoc does not load the logo of its vendor', async () => {
  const { body } = await boxoffice.call<string>('/redoc/redoc.standalone.js');
  expect(body).not.toContain('cdn.redoc');
});

test('Swagger UI uses the document that is served here', async () => {
  const { body } = await boxoffice.call<Document>('/swagger/json');
  expect(body).toEqual(document);
});
