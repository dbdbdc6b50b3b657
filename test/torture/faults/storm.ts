import { setTimeout as delay } from 'node:timers/promises';
import { now } from '../clients/now.ts';
import type { World } from '../world/world.ts';
import type { PlannedFault } from './fault.ts';
import type { FaultLog } from './fault-log.ts';

/** The harness itself failed, which says nothing about the product. */
class HarnessError extends Error {
  override name = 'HarnessError';
}

/** Nothing of a fault's beginning or end takes longer than this, in milliseconds. */
const patienceMs = 60_000;
/** A fault has no effect any more after this time, in milliseconds, whether every partition has recovered or not. */
const recoveryMs = 15_000;

/** Runs the planned faults; resolves when the last one is over. An abort ends them early. */
export async function storm(
  world: World,
  planned: readonly PlannedFault[],
  { log, single, signal }: { log: FaultLog; single: boolean; signal: AbortSignal },
): Promise<void> {
  const startedAt = now();
  if (single) return oneByOne(world, planned, { log, signal, startedAt });
  const locks = new Map<string, Promise<void>>();
  await Promise.all(
    planned.map(async (fault) => {
      await pause(startedAt + fault.atMs - now(), signal);
      const names = fault.kind.locks?.(fault.target) ?? [fault.target];
      // The target of the previous fault may recover later than planned.
      const before = names.map((name) => locks.get(name));
      const happening = Promise.all(before).then(() =>
        signal.aborted ? undefined : happen(world, fault, { log, single, signal }),
      );
      for (const name of names) locks.set(name, happening);
      await happening;
    }),
  );
}

/** The next fault begins when the one before has no effect any more. Those that come too late for that are left out. */
async function oneByOne(
  world: World,
  planned: readonly PlannedFault[],
  { log, signal, startedAt }: { log: FaultLog; signal: AbortSignal; startedAt: number },
): Promise<void> {
  const endsAt = startedAt + Math.max(...planned.map(({ atMs }) => atMs));
  for (const fault of planned) {
    await pause(startedAt + fault.atMs - now(), signal);
    if (signal.aborted || now() > endsAt) return;
    await happen(world, fault, { log, single: true, signal });
    await log.recovered(recoveryMs);
  }
}

async function happen(
  world: World,
  { kind, target, durationMs, random }: PlannedFault,
  { log, single, signal }: { log: FaultLog; single: boolean; signal: AbortSignal },
): Promise<void> {
  const entry = log.begin({ kind: kind.name, target, silences: kind.silences?.(target) ?? [], single });
  const what = `${kind.name} of ${target}`;
  try {
    const heal = await within(kind.inflict(world, target, random), `beginning ${what}`);
    await pause(durationMs, signal);
    log.healing(entry);
    await within(heal(), `ending ${what}`);
  } catch (error) {
    throw new HarnessError(`${what}: ${(error as Error).message}`, { cause: error });
  } finally {
    log.end(entry);
  }
}

async function within<T>(work: Promise<T> | T, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${patienceMs / 1_000} s`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const pause = (ms: number, signal: AbortSignal) => delay(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
