import { appendFileSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation, Violation } from './checker/history.ts';
import { checkOutcomes } from './checker/outcomes.ts';
import { holdSeconds } from './clients/hold-behaviours.ts';
import { HttpClient } from './clients/http.ts';
import { now } from './clients/now.ts';
import { paymentSeconds } from './clients/payment-behaviours.ts';
import { Stopwatch } from './clients/stopwatch.ts';
import { Lateness } from './clients/timing.ts';
import type { FaultKind } from './faults/fault.ts';
import { FaultLog } from './faults/fault-log.ts';
import type { Options } from './options.ts';
import { Programme } from './programme.ts';
import { Ledger, type Totals } from './provider/ledger.ts';
import { Random } from './random.ts';
import { Progress } from './report/progress.ts';
import { story } from './report/story.ts';
import { playRound, type Setting } from './round.ts';
import { Memory } from './world/memory.ts';
import { superviseAll } from './world/supervisor.ts';
import { World } from './world/world.ts';

/** Booking queues of the installation under test. */
const partitions = 4;
const usualStormMs = 30_000;
/** Every so many rounds the faults come one at a time, so that effects can be attributed. */
const singleEvery = 3;
/** Requests of earlier rounds that are asked for again with every round. */
const earlierLimit = 400;

export interface CampaignOptions
  extends Pick<Options, 'seed' | 'minutes' | 'redis' | 'kinds' | 'perSecond' | 'rounds' | 'clients' | 'reads'> {
  root: string;
  folder: string;
  binDir: string;
  /** How long a round's faults go on, in milliseconds. */
  stormMs?: number;
  settlingMs?: number;
  /** End when this says so of the violations found. */
  enough: (violations: readonly Violation[]) => boolean;
  /** Whether these violations suffice for a verdict on a planted bug (RoundOptions). */
  isVerdict?: (violations: readonly Violation[]) => boolean;
  signal: AbortSignal;
  say: (line: string) => void;
}

export interface CampaignResult {
  violations: Violation[];
  log: FaultLog;
  requests: number;
  /** Requests that got a complete response. */
  answers: number;
  operations: number;
  rounds: number;
  ranMs: number;
  memory: Map<string, number>;
  /** What the payment provider has moved, by currency, and how many payments. */
  money: { totals: ReadonlyMap<string, Totals>; payments: number };
  worst: Stopwatch['worst'];
  /** Kinds that could not be had, with the reason. */
  skipped: Map<string, string>;
}

/** Starts the system, runs rounds of faults until the time is up, and returns the violations. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { seed, folder, signal, say } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const world = await World.start({
    ...options,
    env: {
      BOOKING_PARTITIONS: String(partitions),
      HOLD_SECONDS: String(holdSeconds),
      PAYMENT_SECONDS: String(paymentSeconds),
    },
  });
  const random = new Random(seed);
  const log = new FaultLog(partitions, (line) => appendFileSync(join(folder, 'faults.log'), line));
  const ledger = new Ledger(world.providerBook);
  const memory = new Memory(world);
  const lateness = new Lateness(() => world.gateways.map(({ pid }) => pid));
  const stopwatch = new Stopwatch(lateness, log.reachable);
  const supervision = superviseAll(world, log);
  const skipped = new Map<string, string>();
  const possible = options.kinds.filter((kind) => {
    const obstacle = kind.obstacle?.(world);
    if (obstacle) skipped.set(kind.name, obstacle);
    return !obstacle;
  });
  const exists = (kind: FaultKind, target: string) => kind.group !== 'network' || world.links.has(target);
  const kinds = possible
    .map((kind) => ({ ...kind, targets: kind.targets.filter((target) => exists(kind, target)) }))
    .filter(({ targets }) => targets.length > 0);
  const violations: Violation[] = [];
  let [requests, answers, operations, rounds, users] = [0, 0, 0, 0, 1];
  const gateways = world.urls.map((url) => new HttpClient(url));
  const setting: Setting = {
    world,
    programme: new Programme(world),
    ...{ ledger, log },
    nextUser: () => ++users,
    earlier: [],
    market: {
      gateways,
      providerUrl: world.providerUrl,
      stopwatch,
      sign: (user, role) => world.tokens.sign(user, role),
      count: () => requests++,
      countAnswer: () => answers++,
      lostSince: (from) => lateness.lostSince(from),
    },
  };
  const progress = new Progress({ say, log, requests: () => requests, violations: () => violations.length });
  const startedAt = now();
  const leftMs = () => options.minutes * 60_000 - (now() - startedAt);
  try {
    while (leftMs() > 0 && !signal.aborted && !options.enough(violations)) {
      const single = options.rounds === 'both' ? rounds % singleEvery === 0 : options.rounds === 'single';
      const round = random.fork(`round ${++rounds}`);
      const result = await playRound(setting, {
        ...options,
        kinds,
        random: round,
        single,
        stormMs: Math.min(options.stormMs ?? usualStormMs, Math.max(3_000, leftMs())),
      });
      operations += result.history.operations.length;
      const repeated = [...checkOutcomes(setting.earlier), ...memory.violations()];
      const known = (violation: Violation) => violations.some(({ text }) => text === violation.text);
      const fresh = [...result.violations, ...supervision.violations(), ...repeated.filter((one) => !known(one))];
      setting.earlier = keep(setting.earlier, result.history.operations, round);
      if (fresh.length > 0) keepEvidence(world, rounds, result.history, fresh);
      for (const violation of fresh.slice(0, 3)) say(story(violation, startedAt, log));
      if (fresh.length > 3) say(`   and ${fresh.length - 3} more in this round`);
      violations.push(...fresh);
      for (const service of world.services) service.clearLog();
    }
  } finally {
    progress.stop();
    supervision.stop();
    memory.stop();
    lateness.stop();
    for (const gateway of gateways) gateway.close();
    await world.stop({ keep: violations.length > 0 });
  }
  const ranMs = now() - startedAt;
  return {
    violations,
    log,
    requests,
    answers,
    operations,
    rounds,
    ranMs,
    memory: memory.most,
    money: { totals: ledger.totals, payments: ledger.payments.length },
    worst: stopwatch.worst,
    skipped,
  };
}

/** Some of every round's requests stay to be asked for again; those that are broken have been named already. */
function keep(earlier: Operation[], operations: readonly Operation[], random: Random): Operation[] {
  const healthy = [...earlier, ...operations].filter(
    (operation) => operation.accepted !== null && checkOutcomes([operation]).length === 0,
  );
  return random.shuffled(healthy).slice(0, earlierLimit);
}

/** Keeps the history and the logs of a round in which a promise was broken. */
function keepEvidence({ folder, services }: World, round: number, history: object, violations: Violation[]): void {
  const shown = violations.map(({ rule, text }) => ({ rule, text }));
  const place = join(folder, `round-${round}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'history.json'), JSON.stringify({ violations: shown, ...history }));
  for (const { name, logFile } of services) if (existsSync(logFile)) copyFileSync(logFile, join(place, `${name}.log`));
}
