import type { ProblemCode } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import type { Logger } from '@boxoffice/shared/service/logging';
import type {
  ContextConfigDefault,
  FastifySchema,
  onErrorAsyncHookHandler,
  onRequestHookHandler,
  onResponseAsyncHookHandler,
  onSendAsyncHookHandler,
  preValidationAsyncHookHandler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteHandlerMethod,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { requireUser } from './authentication.ts';
import { type Access, derivedErrors, type Exit } from './operation-errors.ts';
import { problems } from './problem-responses.ts';

type Input = z.ZodType | undefined;
type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : unknown;
type MediaTypes<Schema> = { description: string; content: Record<string, { schema: Schema }> };
/** Responses by status, each with a description. */
type Responses = Record<number, z.ZodType | MediaTypes<z.ZodType>>;

/** The types that the handler receives and may send. */
interface RouteTypes<Params, Query, Headers, Body, Success> {
  Params: OutputOf<Params>;
  Querystring: OutputOf<Query>;
  Headers: OutputOf<Headers>;
  Body: OutputOf<Body>;
  Reply: {
    [Status in keyof Success]: Success[Status] extends z.ZodType ? z.input<Success[Status]> : string;
  }[keyof Success];
}

type Handler<Params, Query, Headers, Body, Success> = RouteHandlerMethod<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  RouteTypes<Params, Query, Headers, Body, Success>,
  ContextConfigDefault,
  FastifySchema,
  ZodTypeProvider,
  Logger
>;

/** Hooks of one route, besides those that authenticate. */
export interface Hooks {
  onRequest?: onRequestHookHandler;
  preValidation?: preValidationAsyncHookHandler;
  onError?: onErrorAsyncHookHandler;
  onSend?: onSendAsyncHookHandler;
  onResponse?: onResponseAsyncHookHandler;
}

/** One method and path of the HTTP interface; its handler needs these dependencies. */
export interface Operation<Dependencies> {
  /** Adds the route to a server. */
  readonly serve: (http: Http, dependencies: Dependencies) => void;
  /** Adds the route to a server that only writes the OpenAPI document. */
  readonly describe: (http: Http) => void;
}

interface Shape<Params = Input, Query = Input, Headers = Input, Body = Input, Success = Responses> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** In Fastify's notation, e.g. `/api/shows/:id/`. */
  path: string;
  auth: Access;
  tag: 'Authentication' | 'Movies' | 'Shows' | 'Bookings' | 'Payments' | 'Admin';
  /** The operation's id in the OpenAPI document: public, a verb and a noun. */
  id: string;
  summary: string;
  description: string;
  params?: Params;
  querystring?: Query;
  headers?: Headers;
  body?: Body;
  success: Success;
  /** Errors that the handler itself decides on; all others are derived (operation-errors.ts). */
  errors?: ProblemCode[];
  needs?: Exit[];
  /** Whether HEAD is supported too; true by default. */
  head?: boolean;
}

interface Definition<Dependencies, Params, Query, Headers, Body, Success>
  extends Shape<Params, Query, Headers, Body, Success> {
  hooks?: (dependencies: Dependencies) => Hooks;
  handler: (dependencies: Dependencies) => Handler<Params, Query, Headers, Body, Success>;
}

/**
 * Defines an operation. The one way to write a route: it validates, documents and types the request from
 * the same schemas, and documents every error that follows from its shape.
 */
export function operation<
  Dependencies,
  Success extends Responses,
  Params extends Input = undefined,
  Query extends Input = undefined,
  Headers extends Input = undefined,
  Body extends Input = undefined,
>(definition: Definition<Dependencies, Params, Query, Headers, Body, Success>): Operation<Dependencies> {
  const { method, path: url, auth, head = true, hooks, handler } = definition;
  const route = { method, url, exposeHeadRoute: head && method === 'GET', schema: schemaOf(definition) };
  return {
    serve(http, dependencies) {
      if (auth === 'admin' && !http.forAdministrators) throw new Error(`${method} ${url} is open to everyone`);
      // A scope of its own, so that its hooks apply to this route alone.
      void http.register(async (scope: Http) => {
        if (auth === 'user') scope.addHook('onRequest', requireUser);
        if (hooks) addHooks(scope, hooks(dependencies));
        scope.route<RouteTypes<Params, Query, Headers, Body, Success>, ContextConfigDefault, FastifySchema>({
          ...route,
          handler: handler(dependencies),
        });
      });
    },
    describe(http) {
      http.route({
        ...route,
        handler: async () => {
          throw new Error('this server only describes its operations');
        },
      });
    },
  };
}

function addHooks(scope: Http, { onRequest, preValidation, onError, onSend, onResponse }: Hooks): void {
  if (onRequest) scope.addHook('onRequest', onRequest);
  if (preValidation) scope.addHook('preValidation', preValidation);
  if (onError) scope.addHook('onError', onError);
  if (onSend) scope.addHook('onSend', onSend);
  if (onResponse) scope.addHook('onResponse', onResponse);
}

function schemaOf(operation: Shape): FastifySchema {
  const { method, auth, tag, id, summary, description, params, querystring, headers, body, success } = operation;
  const { errors = [], needs = [] } = operation;
  const hasInput = Boolean(params ?? querystring ?? headers ?? body);
  return {
    tags: [tag],
    operationId: id,
    summary,
    description,
    security: auth === 'none' ? [] : [{ bearer: [] }],
    ...(params && { params }),
    ...(querystring && { querystring }),
    ...(headers && { headers }),
    ...(body && { body }),
    response: { ...success, ...problems(...derivedErrors({ method, auth, hasInput, needs }), ...errors) },
  };
}
