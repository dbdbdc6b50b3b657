import { setTimeout as delay } from 'node:timers/promises';
import { check } from './checker/check.ts';
import type { History, Operation, Show, Violation } from './checker/history.ts';
import { Interviewer } from './clients/interviewer.ts';
import type { Market } from './clients/market.ts';
import { now } from './clients/now.ts';
import { populate, populateRegularly } from './clients/population.ts';
import { expectFreshSeatMaps, expectHealed } from './clients/probe.ts';
import { read } from './clients/readers.ts';
import { Recorder } from './clients/recorder.ts';
import type { FaultLog } from './faults/fault-log.ts';
import { plan } from './faults/plan.ts';
import { storm } from './faults/storm.ts';
import type { Options } from './options.ts';
import type { Programme } from './programme.ts';
import type { Random } from './random.ts';
import { checkKey, holdsEnded, settledRows } from './snapshot.ts';
import type { World } from './world/world.ts';

/** Every 202 has its outcome this long after the last fault, in milliseconds. */
const promisedOutcomeMs = 10_000;
/** The load continues for this long after the last fault, to measure recovery, in milliseconds. */
const afterglowMs = 2_000;
/** When an administrator cancels a show, as a share of the storm. */
const doomAt = 0.4;

export interface RoundOptions extends Pick<Options, 'kinds' | 'perSecond' | 'clients' | 'reads'> {
  random: Random;
  single: boolean;
  stormMs: number;
  /** Ends the round early. */
  signal: AbortSignal;
}

export interface RoundResult {
  history: History;
  violations: Violation[];
}

/** State shared by all rounds. */
export interface Setting {
  world: World;
  programme: Programme;
  log: FaultLog;
  market: Omit<Market, 'recorder' | 'closing' | 'cancellationOf'>;
  nextUser: () => number;
  /** Requests of earlier rounds, to be asked for again. */
  earlier: Operation[];
}

/** One storm over new shows, then a calm in which every outcome is asked for again and checked. */
export async function playRound(setting: Setting, options: RoundOptions): Promise<RoundResult> {
  const { world, programme, log } = setting;
  const { random, single, stormMs, signal } = options;
  const hot = await programme.addShows(2, 10);
  const spread = await programme.addShows(6, 40);
  const [priced, doomed] = [await programme.addShows(1, 20, { price: 950, limit: 3 }), await programme.addShows(1, 20)];
  const recorder = new Recorder();
  recorder.onSuccess = (success) => log.success(success);
  let closing = false;
  const cancellations = new Map<number, NonNullable<Show['cancellation']>>();
  const cancellationOf = (show: number) => cancellations.get(show)?.called;
  const market: Market = { ...setting.market, recorder, closing: () => closing, cancellationOf };
  const { nextUser } = setting;
  const stages = [...hot, ...spread, ...priced, ...doomed];
  // One show of each partition: ids follow each other.
  const onePerPartition = spread.slice(0, 4);
  const halls = { hot: [...hot, ...priced, ...doomed], spread };
  const crowd = Promise.all([
    populate(market, { random: random.fork('load'), clients: options.clients, ...halls, nextUser }),
    populateRegularly(market, { random: random.fork('regulars'), stages: onePerPartition, nextUser }),
    read(market, { random: random.fork('readers'), perSecond: options.reads, stages }),
  ]);
  const planned = plan(random.fork('faults'), {
    kinds: options.kinds,
    forMs: stormMs,
    perSecond: options.perSecond,
    single,
  });
  const startedAt = now();
  const cancelled = cancelInMidStorm();
  await storm(world, planned, { log, single, signal });
  await delay(Math.max(0, stormMs - (now() - startedAt)), undefined, { signal }).catch(() => undefined);
  const calmFrom = now();
  await Promise.all([delay(afterglowMs), log.recovered(promisedOutcomeMs)]);
  closing = true;
  await Promise.all([crowd, cancelled]);
  log.pause();

  const closedAt = now();
  // What the machine lost is not the product's.
  const isOver = () => now() > Math.max(calmFrom + promisedOutcomeMs, closedAt + 1_000) + market.lostSince(calmFrom);
  const interviewer = new Interviewer(market, random.fork('questions'));
  await interviewer.settle(recorder.operations, isOver);
  await expectHealed(market, { random: random.fork('probe'), stages: onePerPartition, nextUser, isOver });
  await interviewer.askAgain(recorder.operations);
  const ids = stages.map(({ show }) => show);
  await holdsEnded(world, ids, market.lostSince);
  const rows = await settledRows(world, ids);
  await expectFreshSeatMaps(market, random.fork('seat maps'), stages, rows.claims);
  await interviewer.askAgain(recorder.operations.filter(({ unknown }) => unknown > 0));
  await interviewer.askAgain(setting.earlier);
  const shows = stages.map(({ show: id, price, limit }): Show => {
    return { id, price, limit, cancellation: cancellations.get(id) ?? null };
  });
  const history = { operations: recorder.operations, shows, ...rows };
  return { history, violations: [...recorder.violations, ...check(history, log.calm), ...(await checkKey(world))] };

  async function cancelInMidStorm(): Promise<void> {
    await delay(stormMs * doomAt, undefined, { signal }).catch(() => undefined);
    for (const { show } of doomed) {
      const cancellation = { called: now(), accepted: null as number | null, reason: 'The projector broke' };
      cancellations.set(show, cancellation);
      cancellation.accepted = await programme.cancelShow(show, cancellation.reason, () => closing);
    }
  }
}
