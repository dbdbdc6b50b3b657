import { Problem, type ProblemCode, problem, problemCatalogue } from '@boxoffice/shared/contracts/problems';

interface ProblemResponse {
  description: string;
  content: { 'application/problem+json': { schema: typeof Problem; examples: Record<string, { value: Problem }> } };
}

/** The error responses of one operation for its schema, by status; codes that share a status share a response. */
export function problems(...codes: ProblemCode[]): Record<number, ProblemResponse> {
  const byStatus = Map.groupBy(new Set(codes), (code) => problemCatalogue[code].status);
  const responses: Record<number, ProblemResponse> = {};
  for (const [status, sharing] of byStatus) {
    responses[status] = {
      description: sharing.map((code) => `\`${code}\`: ${problemCatalogue[code].title}`).join('. '),
      content: {
        'application/problem+json': {
          schema: Problem,
          examples: Object.fromEntries(
            sharing.map((code) => [code, { value: { ...problem(code), instance: 'Zr8fQ2xkLm0a' } }]),
          ),
        },
      },
    };
  }
  return responses;
}
