/** The operations of an OpenAPI document, as the fuzzer needs them. */

export interface Schema {
  $ref?: string;
  type?: string;
  anyOf?: Schema[];
  enum?: unknown[];
  example?: unknown;
  default?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

interface Parameter {
  in: 'path' | 'query' | 'header' | 'cookie';
  name: string;
  schema: Schema;
}

/** A documented response. */
interface Documented {
  mediaTypes: string[];
  /** Problem codes; none for a success. */
  codes: string[];
}

export interface Operation {
  /** Method and path. */
  name: string;
  method: string;
  /** With parameters in braces. */
  path: string;
  parameters: Parameter[];
  /** Null when it takes none. */
  body: Schema | null;
  responses: Map<number, Documented>;
}

interface Media {
  schema?: Schema;
  examples?: Record<string, unknown>;
}

export interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters?: Parameter[];
        requestBody?: { content: Record<string, Media> };
        responses: Record<string, { content?: Record<string, Media> }>;
      }
    >
  >;
  components?: { schemas?: Record<string, Schema> };
}

export function readOperations(document: Document): Operation[] {
  const schemas = document.components?.schemas ?? {};
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]): Operation => {
      const body = requestBody?.content['application/json']?.schema;
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: parameters.map((parameter) => ({ ...parameter, schema: resolved(parameter.schema, schemas) })),
        body: body ? resolved(body, schemas) : null,
        responses: new Map(
          Object.entries(responses).map(([status, { content = {} }]) => [
            Number(status),
            {
              mediaTypes: Object.keys(content),
              codes: Object.keys(content['application/problem+json']?.examples ?? {}),
            },
          ]),
        ),
      };
    }),
  );
}

/** Replaces references; no schema contains itself. */
function resolved(schema: Schema, schemas: Record<string, Schema>): Schema {
  const name = schema.$ref?.split('/').at(-1);
  if (name) return resolved(schemas[name] ?? {}, schemas);
  return {
    ...schema,
    ...(schema.anyOf && { anyOf: schema.anyOf.map((one) => resolved(one, schemas)) }),
    ...(schema.items && { items: resolved(schema.items, schemas) }),
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([key, property]) => [key, resolved(property, schemas)]),
      ),
    }),
  };
}
