/** Runs autocannon: reads options from the JSON file in its argument, prints the result as JSON. */
import { readFileSync } from 'node:fs';
import autocannon, { type Step } from 'autocannon';
import { bookRequest, type Plan, type Request, requestAt, userCount, waitSeconds } from '../workloads/workloads.ts';
import type { LoadOptions, LoadResult } from './load.ts';

const options = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Omit<LoadOptions, 'signal'>;
const tokens = readFileSync(options.tokensFile, 'utf8').trimEnd().split('\n');
const prefer = `wait=${waitSeconds}`;

const result = await autocannon({
  url: options.url,
  connections: options.connections,
  ...(options.responseLimit
    ? { amount: options.responseLimit }
    : { duration: Math.max(1, Math.round(options.seconds)) }),
  timeout: waitSeconds + 10,
  requests: stepsOf(options.plan),
});
const { p50, p99, p99_9, max } = result.latency;
const report: LoadResult = {
  responses: result.requests.total,
  refusals: result.non2xx,
  failures: result.errors,
  seconds: result.duration,
  latencyMs: { p50, p99, p999: p99_9, max },
};
console.log(JSON.stringify(report));

function stepsOf(plan: Plan): Step[] {
  let n = 0;
  if (plan.kind !== 'churn')
    return [{ setupRequest: (request) => ({ ...request, ...outgoing(requestAt(plan, n++)) }) }];
  const show = plan.shows[0] ?? 0;
  const bookFor = (user: number, seat: number) => outgoing(bookRequest({ show, seat, user: user % userCount, prefer }));
  return [
    {
      setupRequest(request, context) {
        context.seat = ++n;
        return { ...request, ...bookFor(n, n) };
      },
      onResponse(status, body, context) {
        context.booking = status === 201 ? (JSON.parse(body) as { id: string }).id : 'none';
      },
    },
    {
      setupRequest(request, context) {
        const path = `/api/bookings/${context.booking}/cancel/`;
        const user = Number(context.seat) % userCount;
        return { ...request, ...outgoing({ method: 'POST', path, user, body: '{}', prefer }) };
      },
    },
    {
      setupRequest: (request, context) => ({
        ...request,
        ...bookFor(Number(context.seat) + 1, Number(context.seat)),
      }),
    },
  ];
}

function outgoing({ method, path, user, body, prefer }: Request) {
  return {
    method,
    path,
    headers: {
      ...(user !== null && { authorization: `Bearer ${tokens[user]}` }),
      ...(body !== null && { 'content-type': 'application/json' }),
      ...(prefer !== null && { prefer }),
    },
    body: body ?? undefined,
  };
}
