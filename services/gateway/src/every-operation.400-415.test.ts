/** Every error that follows from an operation's shape, provoked on every operation and compared with the document. */
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DocumentedOperation, readOperations, undocumented } from '../test/documented-operations.ts';
import { type StartedGateway, startGateway } from '../test/started-gateway.ts';

const operations = await readOperations();
const derived = ['validation_failed', 'unauthenticated', 'forbidden', 'payload_too_large', 'unsupported_media_type'];

let gateway: StartedGateway;
beforeAll(async () => {
  gateway = await startGateway({ env: { SIGNUP_LIMIT_PER_MINUTE: '5' } });
  await eventually(async () => (await gateway.http.inject('/readyz')).json().checks.revocations === 'ok');
});
afterAll(() => gateway.stop());

interface Attempt {
  why: string;
  path?: string;
  headers?: Record<string, string>;
  payload?: string;
}

const json = { 'content-type': 'application/json' };

/** Requests that are wrong in one way each. */
function attempts(operation: DocumentedOperation): Attempt[] {
  const { auth, method, parameters, exampleBody } = operation;
  const valid = operation.path.replace('{id}', '1');
  const bearer = (role: 'user' | 'admin') => ({ authorization: `Bearer ${gateway.token(1, role)}` });
  const access = auth === 'none' ? {} : bearer(auth);
  const list: Attempt[] = [];
  if (auth !== 'none') {
    list.push({ why: 'no access token' });
    list.push({ why: 'an invalid access token', headers: { authorization: 'Bearer nonsense' } });
  }
  if (auth === 'admin') list.push({ why: "a user's access token", headers: bearer('user') });
  for (const { in: where, name, schema } of parameters) {
    const wrong = schema.type === 'integer' ? 'x' : 'x'.repeat((schema.maxLength ?? 1_000) + 1);
    if (where === 'path') list.push({ why: 'path', path: operation.path.replace('{id}', wrong), headers: access });
    if (where === 'query') list.push({ why: `query ${name}`, path: `${valid}?${name}=${wrong}`, headers: access });
    if (where === 'header' && schema.maxLength)
      list.push({ why: `header ${name}`, headers: { ...access, [name]: wrong } });
  }
  if (method === 'GET') return list;
  list.push({ why: 'text', headers: { ...access, 'content-type': 'text/plain' }, payload: 'x' });
  list.push({ why: 'malformed JSON', headers: { ...access, ...json }, payload: '{"' });
  list.push({ why: 'a long body', headers: { ...access, ...json }, payload: `"${'x'.repeat(64 * 1024)}"` });
  if (exampleBody) list.push({ why: 'not an object', headers: { ...access, ...json }, payload: '[]' });
  return list;
}

test.each(operations)('$name: every derived error occurs, and every response is documented', async (operation) => {
  const provoked = new Set<string>();
  for (const { why, path = operation.path.replace('{id}', '1'), headers = {}, payload } of attempts(operation)) {
    const response = await gateway.http.inject({
      method: operation.method,
      url: path,
      headers,
      ...(payload !== undefined && { payload }),
    });
    const body = response.body ? response.json() : null;
    const contentType = response.headers['content-type'];
    expect(undocumented(operation, { status: response.statusCode, contentType, body }), why).toBeNull();
    expect(response.statusCode, why).toBeGreaterThanOrEqual(400);
    provoked.add(body.code);
  }
  const documented = operation.codes.filter((code) => derived.includes(code));
  expect([...provoked].filter((code) => derived.includes(code)).sort()).toEqual(documented.sort());
});
