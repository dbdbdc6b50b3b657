import type { Request } from '../workloads/workloads.ts';

/** The response to a request that is not part of a load. */
export interface Response {
  status: number;
  body: { id?: string; detail?: string };
}

/** Sends one request and reads the response. */
export async function send(url: string, request: Request, tokens: readonly string[]): Promise<Response> {
  const { method, path, user, body, prefer } = request;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(user !== null && { authorization: `Bearer ${tokens[user]}` }),
      ...(body !== null && { 'content-type': 'application/json' }),
      ...(prefer !== null && { prefer }),
    },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, body: (await response.json()) as Response['body'] };
}

/** @throws when the status is not the expected one */
export function expectStatus(action: string, { status, body }: Response, expected: number): void {
  if (status !== expected) throw new Error(`${action} returned ${status} instead of ${expected}: ${body.detail ?? ''}`);
}
