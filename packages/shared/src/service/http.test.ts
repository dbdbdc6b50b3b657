import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createHttp, listen } from './http.ts';

test.each(['0.0.0.0', '127.0.0.1'])('a server that listens on %s logs that address', async (host) => {
  const lines: string[] = [];
  const log = new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(String(line)).msg);
      done();
    },
  });
  const { http } = createHttp({ logger: pino(log), checks: {} });
  await listen(http, { host, port: 0 });
  await http.close();
  expect(lines).toContainEqual(expect.stringMatching(/listening on .* at http:\/\/127\.0\.0\.1:\d+$/));
  for (const line of lines) expect(line).toContain(`listening on ${host},`);
});
