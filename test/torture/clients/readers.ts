import { setTimeout as delay } from 'node:timers/promises';
import { makesBooking, outcomeOf } from '../checker/history.ts';
import type { Random } from '../random.ts';
import type { Stage } from './behaviours.ts';
import { Buyer } from './buyer.ts';
import type { Market } from './market.ts';
import { now } from './now.ts';

/** How many reading requests are sent per second: cheap ones, each checked, beside those of the buyers. */
export const defaultReads = 400;
/** Readers of each gateway. While it is cut off all of them may be stuck, and the other's go on. */
const readersPerGateway = 32;
/** After a request without an answer, in milliseconds: refused connections are no load. */
const pauseMs = 300;
/** They ask for one of the latest requests. */
const latest = 300;

/** What a reader asks for, and how often. */
const questions = [
  { weight: 4, ask: 'job' },
  { weight: 3, ask: 'booking' },
  { weight: 2, ask: 'bookings' },
  { weight: 2, ask: 'seats' },
] as const;

/** Asks for what has been decided, which must not change, until the market closes. */
export async function read(
  market: Market,
  { random, perSecond, stages }: { random: Random; perSecond: number; stages: Stage[] },
): Promise<void> {
  if (perSecond === 0) return;
  let next = now();
  const turn = async () => {
    next = Math.max(next, now()) + 1_000 / perSecond;
    await delay(Math.max(0, next - now()));
  };
  const reader = async (gateway: number, own: Random) => {
    while (!market.closing()) {
      await turn();
      if (!(await readOnce(market, gateway, own, stages))) await delay(pauseMs);
    }
  };
  await Promise.all(
    market.gateways.flatMap((_, gateway) =>
      Array.from({ length: readersPerGateway }, (_, index) => reader(gateway, random.fork(`${gateway} ${index}`))),
    ),
  );
}

/** Whether there was an answer, or nothing to ask for. */
async function readOnce(market: Market, gateway: number, random: Random, stages: Stage[]): Promise<boolean> {
  const { ask } = random.weighted(questions);
  const { operations } = market.recorder;
  const operation = operations[random.integer(Math.max(0, operations.length - latest), operations.length - 1)];
  const outcome = operation && outcomeOf(operation);
  if (!operation || !outcome) return false;
  const buyer = new Buyer(operation.user, random, market);
  const isBooked = makesBooking(operation) && outcome.status === 'succeeded';
  if (ask === 'seats') return (await buyer.lookAtSeats(random.pick(stages).show, gateway)) !== null;
  if (ask === 'booking' && isBooked) return buyer.check(operation, gateway);
  if (ask === 'bookings' && isBooked) return buyer.checkList(operation, gateway);
  return buyer.poll(operation, gateway);
}
