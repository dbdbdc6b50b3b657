import { eventually } from '@boxoffice/testing/eventually';
import { type OwnServer, ownPostgres } from '@boxoffice/testing/own-servers';
import { type SpawnedService, spawnService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The gateway waits 1.2 s for the catalog's answer: it should come before. */
const gatewayPatienceMs = 1_200;

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

const listMovies = () => fetch(`${catalog.url}/internal/movies`);

describe.each([
  ['freezes', () => postgres.kill('SIGSTOP'), () => Promise.resolve(postgres.kill('SIGCONT'))],
  ['crashes', () => postgres.kill('SIGKILL'), () => postgres.restart()],
])('when PostgreSQL %s', (_, breakIt, mendIt) => {
  it('answers 503 in the gateway’s time, says so at /readyz, and goes on by itself afterwards', async () => {
    expect((await listMovies()).status).toBe(200);
    breakIt();
    try {
      for (let round = 0; round < 3; round++) {
        const startMs = performance.now();
        const answer = await listMovies();
        expect(performance.now() - startMs).toBeLessThan(gatewayPatienceMs);
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(await answer.json()).toMatchObject({ code: 'database_unavailable' });
      }
      expect((await fetch(`${catalog.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${catalog.url}/livez`)).status).toBe(200);
    } finally {
      await mendIt();
    }
    await eventually(async () => (await listMovies()).status === 200);
    await eventually(async () => (await fetch(`${catalog.url}/readyz`)).ok);
  });
});

describe('SIGTERM', () => {
  it('ends the process by itself, with code 0', async () => {
    const other = await spawnService('catalog', { DATABASE_URL: postgres.url });
    expect(await other.stop()).toEqual({ code: 0, signal: null });
  });
});
