import type { Problem, ProblemCode } from '@boxoffice/shared/contracts/problems';
import { problemCatalogue } from '@boxoffice/shared/contracts/problems';
import { expect } from 'vitest';
import type { Answer } from './boxoffice.ts';

/** Checks a response against RFC 9457 and the catalogue of problems, and returns its body. */
export function expectProblem(
  response: Pick<Answer<unknown>, 'status' | 'headers' | 'body'>,
  code: ProblemCode,
): Problem {
  const { status, title } = problemCatalogue[code];
  const body = response.body as Problem;
  expect(body).toMatchObject({
    type: `urn:boxoffice:problem:${code}`,
    code,
    title,
    status,
    detail: expect.any(String),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(body.detail.length).toBeGreaterThan(10);
  expect(body.instance).toBe(response.headers.get('x-request-id'));
  return body;
}
