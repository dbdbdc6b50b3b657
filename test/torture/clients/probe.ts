import { setTimeout as delay } from 'node:timers/promises';
import { type ClaimRow, outcomeOf } from '../checker/history.ts';
import type { Random } from '../random.ts';
import type { Stage } from './behaviours.ts';
import { Buyer } from './buyer.ts';
import type { Market } from './market.ts';
import { now } from './now.ts';

/** A gateway that learns outcomes only from its sweep is slower than this, in milliseconds. */
const promptMs = 900;
const tries = 5;
/** Between two looks at a seat map that is not right yet, in milliseconds. */
const seatMapPauseMs = 500;

/**
 * Whether everything is as good as new: at each gateway, for one show of each partition, a booking that
 * waits is answered promptly, once at least in five tries. Asked until `isOver`; then it is a violation.
 */
export async function expectHealed(
  market: Market,
  {
    random,
    stages,
    nextUser,
    isOver,
  }: { random: Random; stages: Stage[]; nextUser: () => number; isOver: () => boolean },
): Promise<void> {
  const pairs = stages.flatMap((stage) => market.gateways.map((_, gateway) => ({ stage, gateway })));
  await Promise.all(
    pairs.map(async ({ stage, gateway }) => {
      let fastest = Number.POSITIVE_INFINITY;
      for (let left = tries; fastest > promptMs && (left > 0 || !isOver()); left--) {
        const buyer = new Buyer(nextUser(), random, market);
        const booking = buyer.book(stage.show, [random.pick(stage.seats)]);
        const asked = now();
        await buyer.place(booking, { wait: 3, gateway });
        if (outcomeOf(booking)) fastest = Math.min(fastest, now() - asked - market.lostSince(asked));
      }
      if (fastest <= promptMs) return;
      const text = `gateway-${gateway + 1} does not answer a waiting booking of show ${stage.show} promptly`;
      market.recorder.violate('healing', `${text}: ${Math.round(fastest)} ms at best, long after the last fault`);
    }),
  );
}

/** Whether every gateway shows each show's seats as they are, once nothing changes any more. */
export async function expectFreshSeatMaps(
  market: Market,
  random: Random,
  stages: Stage[],
  claims: readonly ClaimRow[],
): Promise<void> {
  const pairs = stages.flatMap((stage) => market.gateways.map((_, gateway) => ({ stage, gateway })));
  const reader = new Buyer(1, random, market);
  await Promise.all(
    pairs.map(async ({ stage: { show }, gateway }) => {
      const sorted = (seats: string[]) => seats.toSorted().join(' ');
      const claimed = sorted(claims.filter((claim) => claim.show === show).map(({ seat }) => seat));
      let shown: string | null = null;
      for (let left = tries; shown !== claimed && left > 0; left--) {
        if (left < tries) await delay(seatMapPauseMs);
        const seats = await reader.lookAtSeats(show, gateway);
        shown = seats && sorted(seats);
      }
      if (shown === claimed) return;
      const text = `gateway-${gateway + 1} shows other seats of show ${show} as booked or held than are, long after the last change`;
      market.recorder.violate('healing', `${text}: ${shown}, not ${claimed}`);
    }),
  );
}
