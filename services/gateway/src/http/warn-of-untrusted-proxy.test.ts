import { Writable } from 'node:stream';
import { createHttp } from '@boxoffice/shared/service/http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { warnOfUntrustedProxy } from './warn-of-untrusted-proxy.ts';

test.each([
  ['production', false, 1],
  ['production', 1, 0],
  ['development', false, 0],
] as const)(
  'in %s with TRUST_PROXY=%s, X-Forwarded-For is warned of %i times',
  async (NODE_ENV, TRUST_PROXY, times) => {
    let warnings = '';
    const write = (line: Buffer, _encoding: string, done: () => void) => {
      warnings += line;
      done();
    };
    const { http } = createHttp({ logger: pino({ level: 'warn' }, new Writable({ write })), checks: {} });
    warnOfUntrustedProxy(http, { NODE_ENV, TRUST_PROXY });
    await http.inject('/livez');
    expect(warnings).toBe('');
    for (let i = 0; i < 2; i++) await http.inject({ url: '/livez', headers: { 'x-forwarded-for': '192.0.2.1' } });
    expect(warnings.match(/TRUST_PROXY is not set/g) ?? []).toHaveLength(times);
  },
);
