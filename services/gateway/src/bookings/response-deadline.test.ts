import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createHttp } from '@boxoffice/shared/service/http';
import { createLogger } from '@boxoffice/shared/service/logging';
import { eventually } from '@boxoffice/testing/eventually';
import { expect, onTestFinished, test } from 'vitest';
import { ResponseDeadline } from './response-deadline.ts';

test('the time that a client takes to send the body does not count', async () => {
  const { http } = createHttp({ logger: createLogger('gateway', { LOG_LEVEL: 'silent' }), checks: {} });
  onTestFinished(() => http.close());
  let receivedAt = 0;
  http.addHook('onRequest', async () => {
    receivedAt = performance.now();
  });
  http.post('/', async (_request, reply) => ({ isOver: new ResponseDeadline(reply).isOver }));
  await http.listen({ port: 0, host: '127.0.0.1' });

  const client = connect((http.server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  client.write(
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n',
  );
  await eventually(() => receivedAt > 0 && performance.now() - receivedAt > 1_400);
  client.write('{}');
  expect(await text(client)).toContain('{"isOver":false}');
});
