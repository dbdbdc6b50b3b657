import { problemCatalogue } from '@boxoffice/shared/contracts/problems';
import type { FuzzResponse } from './connection.ts';
import type { FuzzRequest } from './request.ts';

/** Every response has these. */
const securityHeaders = [
  ...['content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'referrer-policy'],
  ...['x-content-type-options', 'x-frame-options'],
];

/** Headers that are lists, or that may occur several times. */
const mayRepeat = ['set-cookie', 'vary', 'link', 'cache-control'];

/** What any request may be answered with because of what it is as HTTP; no operation documents it. */
const ofHttp = [408, 417, 431];

/** How a response breaks the contract; null when it does not. */
export function judge(request: FuzzRequest, response: FuzzResponse): string | null {
  const { status, headers } = response;
  const missing = securityHeaders.filter((name) => !headers.has(name));
  if (missing.length > 0) return `${status} without ${missing.join(', ')}`;
  const repeated = response.repeated.filter((name) => !mayRepeat.includes(name));
  if (repeated.length > 0) return `${status} with ${repeated.join(', ')} more than once`;
  if (status === 401 && request.isAuthenticated && parse(response.body)?.code === 'unauthenticated')
    return '401 although the access token is valid';
  if (status >= 500 && status !== 503) return `${status} ${response.body.slice(0, 300)}`;
  return undocumented(request, response) ?? (status >= 400 ? notAProblem(request, response) : null);
}

function undocumented({ operation, tolerated }: FuzzRequest, { status, headers, body }: FuzzResponse): string | null {
  if (!operation || tolerated.includes(status) || ofHttp.includes(status)) return null;
  const documented = operation.responses.get(status);
  if (!documented) return `${status} is not documented: ${body.slice(0, 300)}`;
  const type = headers.get('content-type')?.split(';')[0];
  if (status >= 400 || type === undefined || documented.mediaTypes.length === 0) return null;
  return documented.mediaTypes.includes(type) ? null : `${status} as ${type} is not documented`;
}

function notAProblem({ operation, tolerated, method }: FuzzRequest, response: FuzzResponse): string | null {
  const { status, headers, body } = response;
  const type = headers.get('content-type');
  if (type !== 'application/problem+json') return `${status} as ${type}: ${body.slice(0, 300)}`;
  if (method === 'HEAD') return null;
  const problem = parse(body);
  const known = Object.hasOwn(problemCatalogue, String(problem?.code));
  if (!known || problem?.status !== status || !problem.type || !problem.title || !problem.detail)
    return `${status} with a body that is no problem of its status: ${body.slice(0, 300)}`;
  const codes = operation?.responses.get(status)?.codes;
  if (!codes || tolerated.includes(status) || codes.includes(String(problem.code))) return null;
  return `${status} ${problem.code} is not documented`;
}

function parse(body: string): Record<string, unknown> | null {
  try {
    return JSON.parse(body) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
