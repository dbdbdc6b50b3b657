import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectNothingLost, type Load, startLoad } from '@boxoffice/testing/load';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true });
});
afterAll(() => boxoffice.stop());

/** Waits until this many more requests have been accepted. */
async function waitForAccepted(load: Load, more: number): Promise<void> {
  const before = load.accepted.length;
  await eventually(() => load.accepted.length >= before + more);
}

it.each(['redis', 'postgres'] as const)(
  'loses nothing when %s crashes under load, and recovers without intervention',
  async (name) => {
    const server = boxoffice.servers[name];
    const pids = [...boxoffice.gateways, ...boxoffice.workers].map(({ pid }) => pid);
    const shows = await Promise.all(Array.from({ length: 4 }, () => boxoffice.addShow()));
    const load = startLoad(boxoffice, shows);
    await waitForAccepted(load, 20);
    server.kill('SIGKILL');
    await eventually(() => load.refused.length >= 16);
    for (const service of [...boxoffice.gateways, ...boxoffice.workers])
      expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    await server.restart();
    await waitForAccepted(load, 20);
    await load.stop();

    for (const { status, code, ms } of load.refused) {
      expect(status).toBe(503);
      expect(code).toMatch(/_unavailable$/);
      expect(ms).toBeLessThan(1_500);
    }
    await expectNothingLost(boxoffice, load);
    await Promise.all([...boxoffice.gateways, ...boxoffice.workers].map((service) => service.ready()));
    expect([...boxoffice.gateways, ...boxoffice.workers].map(({ pid }) => pid)).toEqual(pids);
  },
);

it('answers 503 fast while Redis hangs, and resumes when it wakes up', async () => {
  const { redis } = boxoffice.servers;
  const show = await boxoffice.addShow();
  redis.kill('SIGSTOP');
  const startedAt = performance.now();
  const refused = await boxoffice.book(show, 'J10', { user: 50 });
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  expect(refused).toMatchObject({ status: 503, body: { code: 'queue_unavailable' } });
  expect(refused.headers.get('retry-after')).toBe('1');
  redis.kill('SIGCONT');
  await eventually(async () => (await boxoffice.book(show, 'J9', { user: 51, wait: 10 })).status === 201);
});
