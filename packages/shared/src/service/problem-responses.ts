import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type Problem, type ProblemCode, ProblemError, problem } from '../contracts/problems.ts';
import { isDatabaseUnavailable } from '../database/errors.ts';

/** The error handler of every server. Internal details go to the log, never into the response. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ProblemError) {
    if (error.problem.status >= 500)
      request.log.warn({ err: error.cause ?? error, code: error.problem.code }, error.message);
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
    return sendProblem(request, reply, error.problem);
  }
  if (hasZodFastifySchemaValidationErrors(error)) return sendProblem(request, reply, validationProblem(error));
  const code = codeOfFrameworkError(error as FastifyError);
  if (code) return sendProblem(request, reply, problem(code, (error as FastifyError).message));
  if (isDatabaseUnavailable(error)) {
    request.log.warn({ err: error }, 'database is unavailable');
    reply.header('retry-after', 1);
    return sendProblem(
      request,
      reply,
      problem('database_unavailable', 'The database is unavailable. Try again in a moment.'),
    );
  }
  request.log.error({ err: error }, 'unexpected error');
  return sendProblem(
    request,
    reply,
    problem('internal_error', 'Something went wrong on our side. It has been logged under this request id.'),
  );
}

/** Sends a problem as RFC 9457 specifies, bypassing the route's response schema. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, body: Problem): FastifyReply {
  return reply
    .code(body.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ ...body, instance: request.id });
}

function validationProblem(error: FastifyError): Problem {
  const errors: Record<string, string[]> = {};
  for (const issue of error.validation ?? []) {
    const field = issue.instancePath.slice(1).replaceAll('/', '.') || (error.validationContext ?? 'body');
    errors[field] = [...(errors[field] ?? []), issue.message ?? 'Not valid'];
  }
  const detail = Object.entries(errors)
    .map(([field, messages]) => `${field}: ${messages.join('; ')}`)
    .join('. ');
  return problem('validation_failed', detail, { errors });
}

/** What Fastify and its plugins refuse is the client's fault, so none of it may become a 500. */
function codeOfFrameworkError({ statusCode = 500 }: FastifyError): ProblemCode | null {
  if (statusCode < 400 || statusCode >= 500) return null;
  return codesByStatus[statusCode] ?? 'validation_failed';
}

const codesByStatus: Record<number, ProblemCode> = {
  401: 'unauthenticated',
  404: 'not_found',
  408: 'request_timeout',
  412: 'precondition_failed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  416: 'range_not_satisfiable',
  417: 'expectation_failed',
  429: 'too_many_requests',
  431: 'headers_too_large',
};

export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0];
  return sendProblem(request, reply, problem('not_found', `There is nothing at ${request.method} ${path}.`));
}
