import type { Problem } from '@boxoffice/shared/contracts/problems';
import { buildOpenApi } from '../src/openapi.ts';

interface Schema {
  $ref?: string;
  type?: string;
  example?: unknown;
  properties?: Record<string, Schema>;
  maxLength?: number;
}

interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

interface Described {
  operationId: string;
  security: object[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { examples?: object }> }>;
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  schema: Schema;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An operation as the OpenAPI document describes it. */
export interface DocumentedOperation {
  /** Method and path. */
  name: string;
  id: string;
  method: Method;
  /** With `{id}` as the placeholder of an id. */
  path: string;
  auth: 'none' | 'user' | 'admin';
  parameters: Parameter[];
  /** A valid body; null when it takes none. */
  exampleBody: object | null;
  /** Problem codes by status; a success has none. */
  responses: Map<number, string[]>;
  /** Every documented problem code. */
  codes: string[];
}

export async function readOperations(): Promise<DocumentedOperation[]> {
  const document = (await buildOpenApi()) as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => readOperation(document, path, method, described)),
  );
}

function readOperation(document: Document, path: string, method: string, described: Described): DocumentedOperation {
  const { operationId, security, parameters = [], requestBody, responses } = described;
  const byStatus = Object.entries(responses).map(([status, { content }]): [number, string[]] => [
    Number(status),
    Object.keys(content?.['application/problem+json']?.examples ?? {}),
  ]);
  const body = requestBody?.content['application/json']?.schema;
  return {
    name: `${method.toUpperCase()} ${path}`,
    id: operationId,
    method: method.toUpperCase() as Method,
    path,
    auth: security.length === 0 ? 'none' : path.startsWith('/api/admin/') ? 'admin' : 'user',
    parameters,
    exampleBody: body ? exampleOf(document, body) : null,
    responses: new Map(byStatus),
    codes: byStatus.flatMap(([, codes]) => codes),
  };
}

function exampleOf({ components }: Document, schema: Schema): object {
  const resolved = schema.$ref ? components.schemas[schema.$ref.split('/').at(-1) ?? ''] : schema;
  const properties = Object.entries(resolved?.properties ?? {});
  return (
    (resolved?.example as object | undefined) ??
    Object.fromEntries(properties.map(([name, property]) => [name, property.example]))
  );
}

/** Describes how a response deviates from the document; null when it does not. */
export function undocumented(
  { responses }: DocumentedOperation,
  response: { status: number; contentType: string | undefined; body: unknown },
): string | null {
  const { status, contentType, body } = response;
  const codes = responses.get(status);
  if (!codes) return `${status} ${JSON.stringify(body)?.slice(0, 300)}`;
  if (status < 400) return null;
  const { code, status: stated } = body as Problem;
  if (contentType !== 'application/problem+json') return `${status} as ${contentType}`;
  if (stated !== status) return `${status} with a body that says ${stated}`;
  return codes.includes(code) ? null : `${status} ${code}`;
}
