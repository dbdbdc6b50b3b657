import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';
import { getShowForChange, insertShows, showFacts, writeShow } from './shows.ts';

let catalog: StartedCatalog;
let orm: MikroORM;
beforeAll(async () => {
  catalog = await startCatalog();
  orm = await openDatabase({ url: catalog.databaseUrl, role: 'boxoffice_catalog' });
});
afterAll(async () => {
  await orm.close();
  await catalog.stop();
});

test('a clash that only the database finds is screen_busy', async () => {
  const screen_id = await catalog.addScreen();
  const ids = [
    await catalog.addShow({ screen_id, date_time: '2030-01-01T12:00:00Z' }),
    await catalog.addShow({ screen_id, date_time: '2030-01-01T20:00:00Z' }),
  ];
  const author = { actorId: 1, requestId: 'test' };
  const em = orm.em.fork();
  const write = em.transactional(async (em) => {
    const [early, late] = [await getShowForChange(em, Number(ids[0])), await getShowForChange(em, Number(ids[1]))];
    await writeShow(em, early, { ...showFacts(late), busy_until: late.busyUntil ?? null }, author);
  });
  await expect(write).rejects.toMatchObject({ problem: { code: 'screen_busy', status: 409 } });
  const insert = orm.em.fork().transactional(async (em) => {
    const show = await getShowForChange(em, Number(ids[0]));
    await insertShows(em, [{ ...showFacts(show), busy_until: show.busyUntil ?? null }], author);
  });
  await expect(insert).rejects.toMatchObject({ problem: { code: 'screen_busy', status: 409 } });
});
