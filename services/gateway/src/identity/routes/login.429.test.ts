import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity({ env: { LOGIN_FAILURE_LIMIT_PER_MINUTE: '3' } });
});
afterAll(() => identity.stop());

const logIn = (username: string, guess: string, ip = '198.51.100.1') =>
  identity.post('/api/auth/login/', { username, password: guess }, { ip });

test('after three failures for a name even the correct password has to wait, from any address', async () => {
  await identity.signUp('alice');
  for (let i = 0; i < 3; i++) expect((await logIn('alice', 'wrong', '198.51.100.2')).status).toBe(401);
  const refused = await logIn('ALICE', password, '198.51.100.3');
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
});

test('successes do not count', async () => {
  await identity.signUp('bob');
  for (let i = 0; i < 5; i++) expect((await logIn('bob', password)).status).toBe(200);
});

test('unknown names are limited in the same way, so the limit reveals nothing', async () => {
  for (let i = 0; i < 3; i++) expect((await logIn('nobody', 'wrong')).status).toBe(401);
  expect((await logIn('nobody', 'wrong')).status).toBe(429);
});

test('one address may fail ten times as often, across all names', async () => {
  await identity.signUp('carol');
  const ip = '198.51.100.9';
  const responses = await Promise.all(Array.from({ length: 30 }, (_, i) => logIn(`guess${i}`, 'wrong', ip)));
  expect(responses.map(({ status }) => status)).toEqual(Array(30).fill(401));
  expect((await logIn('carol', password, ip)).status).toBe(429);
  expect((await logIn('carol', password)).status).toBe(200);
});

test('fifty concurrent guesses get hardly more attempts than sequential ones', async () => {
  await identity.signUp('dave');
  const responses = await Promise.all(Array.from({ length: 50 }, (_, i) => logIn('dave', `guess${i}`, `192.0.2.${i}`)));
  const guesses = responses.filter(({ status }) => status === 401).length;
  expect(guesses).toBeGreaterThanOrEqual(3);
  expect(guesses).toBeLessThanOrEqual(5); // the number of concurrent hashes, minus one
  expect(responses.filter(({ status }) => status === 429)).toHaveLength(50 - guesses);
});
