import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { behaviours, comeRegularly, type Stage } from './behaviours.ts';
import { Buyer } from './buyer.ts';
import { holdBehaviours } from './hold-behaviours.ts';
import type { Market } from './market.ts';
import { Payer } from './payer.ts';
import { paymentBehaviours } from './payment-behaviours.ts';

/** Buyers that are at work at a time. Each waits for its answers: the load is bounded, whatever breaks. */
export const defaultClients = 24;
/** Of every ten, so many go to the hot show. */
const hotShare = 0.5;
/** For each buyer there are so many who pay online. They wait most of the time. */
const payersPerBuyer = 2 / 3;
const allBehaviours = [...behaviours, ...holdBehaviours];

/**
 * At each gateway, for one show of each partition, somebody books and waits all the time: how long an
 * outage lasted is known from them.
 */
export async function populateRegularly(
  market: Market,
  { random, stages, nextUser }: { random: Random; stages: Stage[]; nextUser: () => number },
): Promise<void> {
  const pairs = stages.flatMap((stage) => market.gateways.map((_, gateway) => ({ stage, gateway })));
  await Promise.all(
    pairs.map(async ({ stage, gateway }, index) => {
      const own = random.fork(`regular ${index}`);
      while (!market.closing()) {
        await comeRegularly(stage, gateway, new Buyer(nextUser(), own, market));
        await delay(own.spread(20, 100));
      }
    }),
  );
}

/** Keeps so many buyers at work until the market closes; resolves when the last has left. */
export async function populate(
  market: Market,
  options: { random: Random; clients: number; hot: Stage[]; spread: Stage[]; nextUser: () => number },
): Promise<void> {
  const { random, clients, hot, spread, nextUser } = options;
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const own = random.fork(`client ${index}`);
      while (!market.closing()) {
        const stage = own.pick(own.chance(hotShare) ? hot : spread);
        const newBuyer = () => new Buyer(nextUser(), own, market);
        const newCashier = () => new Buyer(nextUser(), own, market, 'admin');
        await own.weighted(allBehaviours).run(stage, newBuyer, newCashier);
        await delay(own.spread(1, 60));
      }
    }),
  );
}

/** The same for shows that are paid for online. */
export async function populatePaying(
  market: Market,
  { random, clients, stages, nextUser }: { random: Random; clients: number; stages: Stage[]; nextUser: () => number },
): Promise<void> {
  await Promise.all(
    Array.from({ length: Math.ceil(clients * payersPerBuyer) }, async (_, index) => {
      const own = random.fork(`payer ${index}`);
      while (!market.closing()) {
        await own.weighted(paymentBehaviours).run(own.pick(stages), () => new Payer(nextUser(), own, market));
        await delay(own.spread(1, 60));
      }
    }),
  );
}
