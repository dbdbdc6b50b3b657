import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { sendError } from '@boxoffice/shared/service/problem-responses';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** What the file system says to names that no file can have: too long, with a NUL, below a file. */
const impossibleNames = new Set(['ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE', 'ENOTDIR', 'ELOOP']);
/** How the file server refuses paths that lead elsewhere. */
const refusedPaths = new Set([400, 403, 404]);

/** The error handler of routes that serve files: whatever a path names, a file that is not served is not found. */
export function sendFileError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isNotFound = impossibleNames.has(error.code) || refusedPaths.has(error.statusCode ?? 0);
  return sendError(isNotFound ? new ProblemError('not_found', 'There is no such file.') : error, request, reply);
}
