/** Thousands of malformed requests to every operation: each gets a documented status and problem code. */
import { createTestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOperations, undocumented } from '../test/documented-operations.ts';
import { type MalformedRequest, malformedRequests } from '../test/malformed-requests.ts';
import { type StartedGateway, startGateway } from '../test/started-gateway.ts';

const requestsPerOperation = 2_000;
/** Enough to keep the gateway, the catalog and the database busy at the same time. */
const concurrentRequests = 25;

const operations = await readOperations();

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let catalog: SpawnedService;
let gateway: StartedGateway;
beforeAll(async () => {
  database = await createTestDatabase();
  catalog = await spawnService('catalog', { DATABASE_URL: database.url, LOG_LEVEL: 'fatal' });
  gateway = await startGateway({
    databaseUrl: database.url,
    catalogUrl: catalog.url,
    // A body that happens to be valid would cost a password hash each time.
    env: { SIGNUP_LIMIT_PER_MINUTE: '5', LOGIN_FAILURE_LIMIT_PER_MINUTE: '1' },
  });
  await eventually(async () => (await gateway.http.inject('/readyz')).statusCode === 200);
});
afterAll(async () => {
  await gateway.stop();
  await catalog.stop();
  await database.drop();
});

test.each(operations)('$name', { timeout: 300_000 }, async (operation) => {
  const access = operation.auth === 'none' ? null : `Bearer ${gateway.token(1, operation.auth)}`;
  const requests = malformedRequests(operation, access, seedOf(operation.name));
  const wrong: { request: MalformedRequest; is: string }[] = [];
  const statuses = new Map<number, number>();
  const send = async (request: MalformedRequest) => {
    const response = await gateway.http.inject(request);
    const { statusCode: status, headers } = response;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const body = status >= 400 ? response.json() : null;
    const is = undocumented(operation, { status, contentType: headers['content-type'], body });
    if (is) wrong.push({ request, is });
  };
  for (let sent = 0; sent < requestsPerOperation; sent += concurrentRequests) {
    await Promise.all(Array.from({ length: concurrentRequests }, () => send(requests.next().value)));
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(statuses.get(500)).toBeUndefined();
});

/** Every operation gets requests of its own, and the same ones in every run. */
function seedOf(name: string): number {
  return [...name].reduce((seed, character) => Math.imul(seed, 31) + character.charCodeAt(0), 7);
}
