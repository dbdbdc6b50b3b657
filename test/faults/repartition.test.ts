import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { turnLockClass } from '@boxoffice/shared/partition';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { type SeatChain, startSeatChain } from '@boxoffice/testing/seat-chain';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { repartition as changePartitions } from '../../scripts/repartition/repartition.ts';
import { withServers } from '../../scripts/repartition/servers.ts';

const script = join(resolve(import.meta.dirname, '../..'), 'scripts/repartition.ts');

let boxoffice: Boxoffice;
let gateways: SpawnedService[];
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2, workers: 2, env: { BOOKING_PARTITIONS: '4' } });
});
afterEach(() => {
  for (const chain of chains) chain.end();
});
afterAll(() => boxoffice.stop());

/** Shows whose partition of 4 is never 3, so that a test may block the turns of that one. */
let shows: number[];
let chains: SeatChain[];
let nextShow = 1_000;
beforeEach(async () => {
  gateways = [...boxoffice.gateways];
  shows = await Promise.all([0, 1, 2, 5].map((offset) => boxoffice.addShow({ id: nextShow + offset })));
  nextShow += 8;
  chains = shows.map((show) => startSeatChain(boxoffice, show, () => gateways));
});

interface Command {
  child: ChildProcess;
  lines: string[];
  /** Waits until the command has written a matching line. */
  says(pattern: RegExp): Promise<void>;
  exitCode: Promise<number | null>;
}

function repartition(partitions: number): Command {
  const child = spawn(process.execPath, [script, String(partitions)], {
    env: { ...process.env, DATABASE_URL: boxoffice.databaseUrl, REDIS_URL: boxoffice.redisUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const watches: { pattern: RegExp; resolve: () => void }[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      for (const { pattern, resolve } of watches) if (pattern.test(line)) resolve();
    });
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    lines,
    exitCode,
    says: (pattern) =>
      Promise.race([
        new Promise<void>((resolve) => watches.push({ pattern, resolve })),
        exitCode.then(() => Promise.reject(new Error(`it ended: ${lines.join('\n')}`))),
      ]),
  };
}

/** Does the same in this process, and returns its output. */
async function change(partitions: number, onLine: (line: string) => void = () => undefined): Promise<string> {
  const lines: string[] = [];
  const say = (line: string) => {
    lines.push(line);
    onLine(line);
  };
  await withServers(boxoffice, ({ client, redis }) =>
    changePartitions({ client, redis, partitions, configured: 4, say }),
  );
  return lines.join('\n');
}

/** The partitions that applied, one after another. */
const history = async () =>
  (
    await boxoffice.rows<{ partitions: number }>(
      'select partitions from installation.partitionings order by generation',
    )
  ).map((row) => row.partitions);

/** Waits until every chain has made some progress. */
const goOn = () => Promise.all(chains.map((chain) => chain.rounds(3)));

async function stopChains(): Promise<void> {
  await Promise.all(chains.map((chain) => chain.stop()));
  const refusals = new Set(chains.flatMap((chain) => chain.refusals));
  expect(
    [...refusals].filter((refusal) => !/^(503 queue_unavailable|409 idempotency_in_progress|0 )/.test(refusal)),
  ).toEqual([]);
}

it('changes the number of partitions under load: order is kept, nothing is lost, requests are refused for 2 s at most', async () => {
  await goOn();
  const said = await change(16);
  await goOn();
  expect(await change(3)).toContain('There are 3 partitions now, 16 before');
  await goOn();
  await stopChains();
  expect(Number(/refused for (\d+) ms/.exec(said)?.[1])).toBeLessThan(2_000);
  const queues = await boxoffice.call<{ partitions: unknown[] }>('/api/admin/queues/', { user: 1, role: 'admin' });
  expect(queues.body.partitions).toHaveLength(3);
  await change(4);
  expect(await history()).toEqual([4, 16, 3, 4]);
});

it('may be killed while the queues drain: a worker opens them again', async () => {
  await goOn();
  const before = await history();
  const gate = await closeShow(boxoffice.orm, shows[0] as number);
  await gate.reached(1);
  const command = repartition(16);
  await command.says(/refused for a moment/);
  command.child.kill('SIGKILL');
  await command.exitCode;
  await gate.open();
  await goOn();
  expect(await history()).toEqual([...before, 4]);
  expect(await change(16)).toContain('There are 16 partitions now');
  await goOn();
  await stopChains();
  await change(4);
});

it('may be killed when the queues are empty, and run again before a worker opens them', async () => {
  await goOn();
  const before = await history();
  const turn = await blockTurns(3);
  const command = repartition(16);
  await command.says(/is decided/);
  command.child.kill('SIGKILL');
  await command.exitCode;
  await turn.end();
  expect(await change(16)).toContain('There are 16 partitions now');
  await goOn();
  expect((await history()).at(-1)).toBe(16);
  // A change to the current number opens the queues that an interrupted command has closed.
  const back = await change(4);
  expect(back).toContain('There are 4 partitions now');
  expect((await history()).slice(0, before.length)).toEqual(before);
  await goOn();
  await stopChains();
});

it('rolls back by itself when a turn does not end, and says so', async () => {
  await goOn();
  const before = await history();
  const turn = await blockTurns(3);
  await expect(change(16)).rejects.toThrow(
    /A turn that is in progress does not end.*There are 4 partitions, as before, and requests are accepted again/,
  );
  await goOn();
  await turn.end();
  await stopChains();
  expect(await history()).toEqual([...before, 4]);
});

it('keeps the order when a gateway and a worker are killed while the number changes', async () => {
  await goOn();
  // Not the first gateway, where the chains look up outcomes.
  const [, victim] = gateways as [SpawnedService, SpawnedService];
  const isChanged = await change(16, (line) => {
    if (!/refused for a moment/.test(line)) return;
    gateways = gateways.filter((gateway) => gateway !== victim);
    victim.kill('SIGKILL');
    boxoffice.workers[0]?.kill('SIGKILL');
  }).then(
    () => true,
    () => false,
  );
  // The queues may not drain in time, as the worker's partitions first have to be taken over.
  expect((await history()).at(-1)).toBe(isChanged ? 16 : 4);
  await goOn();
  if (!isChanged) await change(16);
  await goOn();
  await stopChains();
  expect((await history()).at(-1)).toBe(16);
});

/** Keeps the turns of a partition from beginning, and so holds up whatever waits for them. */
async function blockTurns(partition: number): Promise<{ end(): Promise<void> }> {
  const connection = boxoffice.orm.em.getConnection();
  const transaction = await connection.begin();
  await connection.execute('select pg_advisory_xact_lock(?, ?)', [turnLockClass, partition], 'all', transaction);
  return { end: async () => connection.commit(transaction) };
}
