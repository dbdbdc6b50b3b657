import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problem } from '@boxoffice/shared/contracts/problems';
import { expect, onTestFinished, test } from 'vitest';
import { CatalogConnection } from './catalog-connection.ts';

/** A connection to a catalog that gives every request the same response. */
async function connect(status: number, body: object) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = new CatalogConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'the secret');
  onTestFinished(async () => {
    await connection.close();
    server.close();
  });
  return { connection, requests };
}

test('the secret is sent with every request, and with the readiness probe', async () => {
  const { connection, requests } = await connect(200, {});
  await connection.requestJson({ path: '/movies', requestId: 'r' });
  await connection.requestJson({
    method: 'POST',
    path: '/movies',
    body: {},
    headers: { 'x-actor-id': '1' },
    requestId: 'r',
  });
  await connection.check();
  expect(requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer the secret'));
});

test('when the secret is refused, clients see an outage, not a refused token', async () => {
  const { connection } = await connect(401, problem('unauthenticated', 'Only services may call.'));
  const failure = connection.requestJson({ path: '/movies', requestId: 'r' });
  await expect(failure).rejects.toMatchObject({ problem: { code: 'catalog_unavailable', status: 503 } });
  await expect(connection.check()).rejects.toThrow('401');
});
