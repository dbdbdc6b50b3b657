import { setTimeout as delay } from 'node:timers/promises';
import { check } from './checker/check.ts';
import type { History, Operation, Show, Violation } from './checker/history.ts';
import { checkMoney } from './checker/money.ts';
import { checkAudit } from './checker/money-audit.ts';
import type { MoneyHistory } from './checker/money-history.ts';
import { checkOutcomes } from './checker/outcomes.ts';
import { Interviewer } from './clients/interviewer.ts';
import type { Market } from './clients/market.ts';
import { now } from './clients/now.ts';
import { populate, populatePaying, populateRegularly } from './clients/population.ts';
import { expectFreshSeatMaps, expectHealed } from './clients/probe.ts';
import { read } from './clients/readers.ts';
import { Recorder } from './clients/recorder.ts';
import type { FaultLog } from './faults/fault-log.ts';
import { plan } from './faults/plan.ts';
import { storm } from './faults/storm.ts';
import { auditOnceItCan, settledMoney } from './money-snapshot.ts';
import type { Options } from './options.ts';
import type { Programme } from './programme.ts';
import type { Ledger } from './provider/ledger.ts';
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
  /** How long money may take to be where it should be once the faults are over, in milliseconds. */
  settlingMs?: number | undefined;
  /** Whether these violations suffice for a verdict on a planted bug. Then the round ends without reading the database. */
  isVerdict?: ((violations: readonly Violation[]) => boolean) | undefined;
  /** Ends the round early. */
  signal: AbortSignal;
}

export interface RoundResult {
  /** All of it, unless the round ended with an early verdict. */
  history: Pick<History, 'operations'> & Partial<History & { money: MoneyHistory }>;
  violations: Violation[];
}

/** State shared by all rounds. */
export interface Setting {
  world: World;
  programme: Programme;
  /** The payment provider's book. */
  ledger: Ledger;
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
  const online = await programme.addOnlineShows();
  const recorder = new Recorder();
  recorder.onSuccess = (success) => log.success(success);
  let closing = false;
  const cancellations = new Map<number, NonNullable<Show['cancellation']>>();
  const cancellationOf = (show: number) => cancellations.get(show)?.called;
  const market: Market = { ...setting.market, recorder, closing: () => closing, cancellationOf };
  const { nextUser } = setting;
  const stages = [...hot, ...spread, ...priced, ...doomed, ...online];
  // One show of each partition: ids follow each other.
  const onePerPartition = spread.slice(0, 4);
  const halls = { hot: [...hot, ...priced, ...doomed], spread };
  const crowd = Promise.all([
    populate(market, { random: random.fork('load'), clients: options.clients, ...halls, nextUser }),
    populateRegularly(market, { random: random.fork('regulars'), stages: onePerPartition, nextUser }),
    populatePaying(market, { random: random.fork('payers'), clients: options.clients, stages: online, nextUser }),
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
  const early = [...recorder.violations, ...checkOutcomes(recorder.operations)];
  if (options.isVerdict?.(early)) return { history: { operations: recorder.operations }, violations: early };
  await expectHealed(market, { random: random.fork('probe'), stages: onePerPartition, nextUser, isOver });
  await interviewer.askAgain(recorder.operations);
  const ids = stages.map(({ show }) => show);
  await holdsEnded(world, ids, market.lostSince);
  const onlineIds = online.map(({ show }) => show);
  const { ledger } = setting;
  const { lostSince } = market;
  const settled = await settledMoney(world, { ledger, shows: onlineIds, lostSince, settlingMs: options.settlingMs });
  const audit = await auditOnceItCan(world);
  const rows = await settledRows(world, ids);
  await expectFreshSeatMaps(market, random.fork('seat maps'), stages, rows.claims);
  await interviewer.askAgain(recorder.operations.filter(({ unknown }) => unknown > 0));
  await interviewer.askAgain(setting.earlier);
  const shows = stages.map(({ show: id, price, limit, isOnline }): Show => {
    return { id, price, limit, isOnline, cancellation: cancellations.get(id) ?? null };
  });
  const bookings = rows.bookings.filter(({ show }) => onlineIds.includes(show));
  const money = { ...settled, bookings, told: recorder.payments };
  const history = { operations: recorder.operations, shows, verdicts: settled.verdicts, ...rows, money };
  const found = [...check(history, log.calm), ...checkMoney(money), ...checkAudit(audit, ledger.totals)];
  return { history, violations: [...recorder.violations, ...found, ...(await checkKey(world))] };

  async function cancelInMidStorm(): Promise<void> {
    await delay(stormMs * doomAt, undefined, { signal }).catch(() => undefined);
    const shows = [...doomed, ...online.slice(-1)];
    await Promise.all(
      shows.map(async ({ show }) => {
        const cancellation = { called: now(), accepted: null as number | null, reason: 'The projector broke' };
        cancellations.set(show, cancellation);
        cancellation.accepted = await programme.cancelShow(show, cancellation.reason, () => closing);
      }),
    );
  }
}
