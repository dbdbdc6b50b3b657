/** Access to every operation in the document. */

import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let operations: { method: string; path: string; isOpen: boolean }[];
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0 });
  const { body } = await boxoffice.call<{ paths: Record<string, Record<string, { security?: object[] }>> }>('/schema/');
  operations = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]) => ({
      method: method.toUpperCase(),
      path: path.replace('{id}', '1'),
      isOpen: security.length === 0,
    })),
  );
  expect(operations.length).toBeGreaterThan(30);
});
afterAll(() => boxoffice.stop());

test('401 without an access token, with a malformed one, and with one signed by another key', async () => {
  const foreign = `${boxoffice.token(1, 'admin').slice(0, -6)}AAAAAA`;
  for (const { method, path } of operations.filter((operation) => !operation.isOpen)) {
    for (const authorization of ['', 'Bearer', 'Bearer nonsense', `Bearer ${foreign}`, `Token ${boxoffice.token(1)}`]) {
      const response = await boxoffice.call(path, { method, headers: { authorization } });
      expectProblem(response, 'unauthenticated');
      expect(response.headers.get('www-authenticate'), `${method} ${path}`).toMatch(/^Bearer/);
    }
  }
});

test('403 for a user where an administrator is required, before anything else is checked', async () => {
  const forAdmins = operations.filter(({ path }) => path.startsWith('/api/admin/'));
  expect(forAdmins.length).toBeGreaterThan(20);
  for (const { method, path } of forAdmins) {
    expectProblem(await boxoffice.call(path, { method, user: 1, headers: { 'x-role': 'admin' } }), 'forbidden');
  }
});

test('open operations require no login', async () => {
  for (const { method, path, isOpen } of operations) {
    if (isOpen) expect((await boxoffice.call(path, { method })).status, `${method} ${path}`).not.toBe(401);
  }
});

test.each(['/api/nowhere/', '/api/admin/', '/api/movies/1/posters/', '/api/shows/1/book/now/'])(
  '404 for unknown paths, with or without a login: %s',
  async (path) => {
    expectProblem(await boxoffice.call(path), 'not_found');
    expectProblem(await boxoffice.call(path, { user: 1, method: 'POST', body: {} }), 'not_found');
  },
);
