import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';
import { createHttp } from './http.ts';

const trusting = (TRUST_PROXY: string) => loadConfig({ TRUST_PROXY }).TRUST_PROXY;

test.each([
  ['', false],
  ['false', false],
  ['0', false],
  ['2', 2],
  [' 2 ', 2],
  [' false', false],
  ['10.0.0.0/8 , 2001::/16', ['10.0.0.0/8', '2001::/16']],
  ['loopback, 10.0.0.0/8,2001:db8::/32,192.0.2.1', ['loopback', '10.0.0.0/8', '2001:db8::/32', '192.0.2.1']],
])('TRUST_PROXY=%s is %o', (text, value) => {
  expect(trusting(text)).toEqual(value);
});

test.each(['true', 'TRUE', 'yes'])('TRUST_PROXY=%s is refused, and the error says what to write', (text) => {
  expect(() => trusting(text)).toThrow(ConfigError);
  expect(() => trusting(text)).toThrow(/TRUST_PROXY: true would let every client choose.*such as 1, .*10\.0\.0\.0\/8/);
});

test.each([
  '11',
  '-1',
  '1.5',
  'proxy.example',
  '10.0.0.0/33',
  '10.0.0.0/0',
  '10.0.0.0/7',
  '2001:db8::/15',
  '::/1',
  '::/129',
  '10.0.0.1,',
  '10.0.0.0/8/8',
  '*',
])('TRUST_PROXY=%s is refused', (text) => {
  expect(() => trusting(text)).toThrow(/TRUST_PROXY: Not a number of proxies.*such as 10\.0\.0\.0\/8/);
});

describe('the address of a client', () => {
  /** The address that a service sees when this peer sends these headers. */
  const addressSeen = async (setting: string, peer: string, forwardedFor: string) => {
    const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {}, trustProxy: trusting(setting) });
    http.get('/ip', async (request) => request.ip);
    const headers = { 'x-forwarded-for': forwardedFor };
    return (await http.inject({ url: '/ip', remoteAddress: peer, headers })).body;
  };
  const [client, proxy, made] = ['203.0.113.7', '10.1.2.3', '198.51.100.99'];

  test.each([
    ['false', proxy, client, proxy],
    // What the proxy appended counts, not what the client had written before it.
    ['1', proxy, `${made}, ${client}`, client],
    ['10.0.0.0/8', proxy, `${made}, ${client}`, client],
    ['2', proxy, `${made}, ${client}, 192.0.2.1`, client],
    // A peer that is not a proxy is the client, whatever it writes.
    ['10.0.0.0/8', client, made, client],
    ['loopback', client, `${made}, 127.0.0.1`, client],
  ])('with %s, %s sending "%s" is %s', async (setting, peer, forwardedFor, expected) => {
    expect(await addressSeen(setting, peer, forwardedFor)).toBe(expected);
  });
});
