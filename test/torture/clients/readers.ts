import { setTimeout as delay } from 'node:timers/promises';
import { outcomeOf } from '../checker/history.ts';
import type { Random } from '../random.ts';
import type { Stage } from './behaviours.ts';
import { Buyer, type Market } from './buyer.ts';

/** Readers at work at a time: cheap requests, each checked, beside those of the buyers. */
export const defaultReaders = 16;
/** They ask for one of the latest requests. */
const latest = 300;

/** What a reader asks for, and how often. */
const questions = [
  { weight: 4, ask: 'job' },
  { weight: 3, ask: 'booking' },
  { weight: 2, ask: 'bookings' },
  { weight: 2, ask: 'seats' },
] as const;

/** Keeps so many readers at work until the market closes: they ask for what has been decided, which must not change. */
export async function read(
  market: Market,
  { random, readers, stages }: { random: Random; readers: number; stages: Stage[] },
): Promise<void> {
  await Promise.all(
    Array.from({ length: readers }, async (_, index) => {
      const own = random.fork(`reader ${index}`);
      while (!market.closing()) {
        await readOnce(market, own, stages);
        await delay(own.spread(15, 80));
      }
    }),
  );
}

async function readOnce(market: Market, random: Random, stages: Stage[]): Promise<void> {
  const { ask } = random.weighted(questions);
  const { operations } = market.recorder;
  const operation = operations[random.integer(Math.max(0, operations.length - latest), operations.length - 1)];
  const outcome = operation && outcomeOf(operation);
  if (!operation || !outcome) return;
  const buyer = new Buyer(operation.user, random, market);
  const isBooked = operation.kind === 'book' && outcome.status === 'succeeded';
  if (ask === 'seats') await buyer.lookAtSeats(random.pick(stages).show);
  else if (ask === 'booking' && isBooked) await buyer.check(operation);
  else if (ask === 'bookings' && isBooked) await buyer.checkList(operation);
  else await buyer.poll(operation);
}
