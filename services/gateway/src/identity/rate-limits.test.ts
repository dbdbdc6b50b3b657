import { once } from 'node:events';
import { openImpatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RateLimits } from './rate-limits.ts';

/** Per user and address; ten times as much per address, and a hundred times per /48. */
const limit = 3;
let server: TestRedis;
let redis: RedisClient;
let limits: RateLimits;
beforeAll(async () => {
  server = await createTestRedis();
  redis = openImpatientRedis(server.url, pino({ level: 'silent' }));
  await once(redis, 'ready');
  limits = new RateLimits(redis, {
    LOGIN_FAILURE_LIMIT_PER_MINUTE: limit,
    LOGIN_LIMIT_PER_MINUTE: limit * 10,
    SIGNUP_LIMIT_PER_MINUTE: 1,
    NODE_ENV: 'test',
  });
});
afterAll(async () => {
  redis.disconnect();
  await server.drop();
});

const refused = { problem: { code: 'too_many_requests' } };
const succeed = async (account: string, ip: string) => (await limits.admitPassword(account, ip)).succeeded();
const fail = async (account: string, ip: string) => (await limits.admitPassword(account, ip)).failed();
async function failUntilBlocked(ip: string): Promise<void> {
  for (let i = 0; i < limit * 10; i++) await fail(`guess ${i}`, ip);
  await expect(fail('one more', ip)).rejects.toMatchObject(refused);
}

test('attempts that are refused for one account use up nothing of what its address may do', async () => {
  const ip = '192.0.2.1';
  for (let i = 0; i < limit; i++) await fail('alice', ip);
  for (let i = 0; i < limit * 200; i++) await expect(fail('alice', ip)).rejects.toMatchObject(refused);
  await succeed('bob', ip);
});

test('an account that has logged in from an address passes its block, within its own limits', async () => {
  const ip = '192.0.2.2';
  await succeed('alice', ip);
  await failUntilBlocked(ip);
  await expect(succeed('bob', ip)).rejects.toMatchObject(refused);
  await succeed('alice', ip);
  for (let i = 0; i < limit; i++) await fail('alice', ip);
  await expect(succeed('alice', ip)).rejects.toMatchObject(refused);
});

test('an account is known at its latest twenty addresses only', async () => {
  for (let i = 0; i <= 20; i++) await succeed('carol', `198.51.100.${i}`);
  for (const ip of ['198.51.100.0', '198.51.100.1']) await failUntilBlocked(ip);
  await expect(succeed('carol', '198.51.100.0')).rejects.toMatchObject(refused);
  await succeed('carol', '198.51.100.1');
});

test('an IPv6 /48 may fail ten times as often as one address in it', async () => {
  const inNetwork = (i: number) => `2001:db8:bad:${i.toString(16)}::1`;
  for (let i = 0; i < limit * 100; i++) await fail(`guess ${i}`, inNetwork(i));
  await expect(fail('one more', inNetwork(5_000))).rejects.toMatchObject(refused);
  await fail('elsewhere', '2001:db8:600d::1');
});

test('an IPv6 /48 may sign up ten times as often as one address in it', async () => {
  const signUp = (i: number) => limits.countSignUp(`2001:db8:bad:${i.toString(16)}::1`);
  for (let i = 0; i < 10; i++) await signUp(i);
  await expect(signUp(10)).rejects.toMatchObject(refused);
});
