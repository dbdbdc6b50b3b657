/** No cache may store what belongs to one user: every operation that needs a login, and everything about accounts. */
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOperations } from '../test/documented-operations.ts';
import { type StartedGateway, startGateway } from '../test/started-gateway.ts';

const operations = await readOperations();
const personal = operations.filter(({ auth, path }) => auth !== 'none' || path.startsWith('/api/auth/'));

let gateway: StartedGateway;
beforeAll(async () => {
  gateway = await startGateway();
  await eventually(async () => (await gateway.http.inject('/readyz')).json().checks.revocations === 'ok');
});
afterAll(() => gateway.stop());

test.each(personal)('$name', async ({ auth, method, path, exampleBody }) => {
  const url = path.replace('{id}', '1');
  const send = (headers: Record<string, string>) =>
    gateway.http.inject({ method, url, headers, ...(exampleBody && { payload: exampleBody }) });
  // Whatever the response is: the catalog and the queue are not there.
  const response = await send(auth === 'none' ? {} : { authorization: `Bearer ${gateway.token(1, auth)}` });
  expect(response.headers['cache-control'], String(response.statusCode)).toBe('no-store');
  if (auth !== 'none') expect((await send({})).headers['cache-control']).toBe('no-store');
});

test("the operators' pages", async () => {
  // The operations above have changed what user 1 may do.
  const authorization = `Bearer ${gateway.token(2, 'admin')}`;
  const response = await gateway.http.inject({ url: '/ops/queues/', headers: { authorization } });
  expect(response.statusCode).toBe(200);
  expect(response.headers['cache-control']).toBe('no-store');
});
