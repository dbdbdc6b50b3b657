import type { Request } from './workloads.ts';

/** What was answered to a request that is not part of a load. */
export interface Answer {
  status: number;
  body: { id?: string; detail?: string };
}

/** Sends one request and reads the answer. */
export async function call(url: string, request: Request, tokens: readonly string[]): Promise<Answer> {
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
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** @throws when it is another */
export function wantStatus({ status, body }: Answer, wanted: number): void {
  if (status !== wanted) throw new Error(`answered ${status} instead of ${wanted}: ${body.detail ?? ''}`);
}
