import { internalAuthorization } from '@boxoffice/shared/service/internal-secret';
import { eventually } from '@boxoffice/testing/eventually';
import { testSecret } from '@boxoffice/testing/internal-secret';
import { type OwnServer, ownPostgres } from '@boxoffice/testing/own-servers';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The gateway's timeout for the catalog, in milliseconds. */
const gatewayTimeoutMs = 1_200;

let postgres: OwnServer;
let catalog: SpawnedService;
beforeAll(async () => {
  postgres = await ownPostgres();
  catalog = await spawnService('catalog', { DATABASE_URL: postgres.url });
});
afterAll(async () => {
  await catalog.stop();
  await postgres.drop();
});

const listMovies = () =>
  fetch(`${catalog.url}/internal/movies`, { headers: { authorization: internalAuthorization(testSecret) } });

describe.each([
  ['freezes', () => postgres.kill('SIGSTOP'), () => Promise.resolve(postgres.kill('SIGCONT'))],
  ['crashes', () => postgres.kill('SIGKILL'), () => postgres.restart()],
])('when PostgreSQL %s', (_, breakPostgres, restorePostgres) => {
  it('answers 503 within the gateway’s timeout, is not ready, and recovers on its own', async () => {
    expect((await listMovies()).status).toBe(200);
    breakPostgres();
    try {
      for (let round = 0; round < 3; round++) {
        const startMs = performance.now();
        const response = await listMovies();
        expect(performance.now() - startMs).toBeLessThan(gatewayTimeoutMs);
        expect(response.status).toBe(503);
        expect(response.headers.get('retry-after')).toBe('1');
        expect(await response.json()).toMatchObject({ code: 'database_unavailable' });
      }
      expect((await fetch(`${catalog.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${catalog.url}/livez`)).status).toBe(200);
    } finally {
      await restorePostgres();
    }
    await eventually(async () => (await listMovies()).status === 200);
    await eventually(async () => (await fetch(`${catalog.url}/readyz`)).ok);
  });
});

describe('SIGTERM', () => {
  it('exits with code 0', async () => {
    const other = await spawnService('catalog', { DATABASE_URL: postgres.url });
    expect(await other.stop()).toEqual({ code: 0, signal: null });
  });
});
