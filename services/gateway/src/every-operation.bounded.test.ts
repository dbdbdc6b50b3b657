/** No request, however long or deep its values are, costs more than a few milliseconds of computation before it is refused. */
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DocumentedOperation, readOperations } from '../test/documented-operations.ts';
import { type StartedGateway, startGateway } from '../test/started-gateway.ts';

const operations = await readOperations();
/** A linear scan of 64 KB takes a millisecond or two; a quadratic one hundreds. */
const cpuLimitMs = 100;

let gateway: StartedGateway;
beforeAll(async () => {
  gateway = await startGateway({ env: { SIGNUP_LIMIT_PER_MINUTE: '5', LOGIN_FAILURE_LIMIT_PER_MINUTE: '1' } });
  await eventually(async () => (await gateway.http.inject('/readyz')).json().checks.revocations === 'ok');
});
afterAll(() => gateway.stop());

const units = {
  'combining marks': '\u0301\u0323',
  'ligatures that become eighteen characters': '\ufdfa',
  letters: 'a',
  dots: '.',
  'labels of a host name': 'a.',
  'e-mail addresses': 'a@a.',
  spaces: ' ',
  digits: '1',
  commas: ',',
  'percent signs': '%',
  'backslashes and quotes': '\\"',
};
const repeated = (unit: string, bytes: number) => unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));

interface Attack {
  name: string;
  query?: string;
  headers?: Record<string, string>;
  payload?: string;
}

function* attacksOn({ method, parameters, exampleBody }: DocumentedOperation): Generator<Attack> {
  const headerNames = ['authorization', 'prefer', 'if-none-match', 'idempotency-key', 'accept', 'x-forwarded-for'];
  for (const [name, unit] of Object.entries(units)) {
    const inUrl = repeated(encodeURIComponent(unit), 12_000);
    for (const parameter of parameters.filter((parameter) => parameter.in === 'query'))
      yield { name: `${name} in ${parameter.name}`, query: `${parameter.name}=${inUrl}` };
    for (const header of headerNames)
      if (/^[\x20-\x7e]+$/.test(unit))
        yield { name: `${name} in ${header}`, headers: { [header]: repeated(unit, 12_000) } };
    for (const field of Object.keys(exampleBody ?? {}))
      yield {
        name: `${name} in ${field}`,
        payload: JSON.stringify({ ...exampleBody, [field]: repeated(unit, 60_000) }),
      };
  }
  if (method === 'GET') return;
  for (const open of ['[', '{"a":', '{"__proto__":', '{"constructor":'])
    yield { name: `nested ${open}`, payload: repeated(open, 60_000) };
  for (const field of Object.keys(exampleBody ?? {}))
    for (const item of [{}, [], 'A1', 1])
      yield {
        name: `items in ${field}`,
        payload: JSON.stringify({ ...exampleBody, [field]: Array(10_000).fill(item) }),
      };
}

/** The least processor time, in milliseconds, of a few attempts: others' work in this process may fall into one. */
async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && least > cpuLimitMs / 2; attempt++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

test.each(operations)('$name', { timeout: 60_000 }, async (operation) => {
  const access = operation.auth === 'none' ? {} : { authorization: `Bearer ${gateway.token(1, operation.auth)}` };
  for (const { name, query, headers, payload } of attacksOn(operation)) {
    const ms = await cpuMsOf(() =>
      gateway.http.inject({
        method: operation.method,
        url: `${operation.path.replace('{id}', '1')}${query === undefined ? '' : `?${query}`}`,
        headers: { ...access, ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(payload !== undefined && { payload }),
      }),
    );
    expect(ms, name).toBeLessThan(cpuLimitMs);
  }
});

test('a 64 KB sign-up of combining marks is a 400 after a few milliseconds', async () => {
  const payload = { username: repeated('\u0301\u0323', 64_000), email: 'a@example.com', password: 'correct horse' };
  const signUp = () => gateway.http.inject({ method: 'POST', url: '/api/auth/signup/', payload });
  expect(await cpuMsOf(signUp)).toBeLessThan(cpuLimitMs);
  const response = await signUp();
  expect(response.statusCode).toBe(400);
  expect(Object.keys(response.json().errors)).toEqual(['username']);
});
