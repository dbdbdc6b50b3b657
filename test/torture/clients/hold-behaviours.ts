import { type Operation, outcomeOf } from '../checker/history.ts';
import { type Behaviour, booked, giveBack, type Stage } from './behaviours.ts';
import { type Buyer, bookingIdOf } from './buyer.ts';
import { now } from './now.ts';

/** How long holds last in the campaign, in seconds: short, so that many of them end during a round. */
export const holdSeconds = 4;

/** One or two seats by name, or up to three of the best. */
function wishOf({ seats }: Stage, { random }: Buyer): string[] | number {
  if (random.chance(0.4)) return random.integer(1, 3);
  return random.shuffled(seats).slice(0, random.integer(1, 2));
}

/** Waits or polls. Returns whether the hold was made. */
async function placeHold(buyer: Buyer, hold: Operation): Promise<boolean> {
  await buyer.place(hold, { wait: buyer.random.pick([0, 1, 2]) });
  await buyer.pollUntilDecided(hold);
  return booked(hold);
}

/** Until about the end of a hold, as far as the buyer knows it. */
async function pauseUntilEnd(buyer: Buyer, hold: Operation, offsetMs: number): Promise<void> {
  const ends = outcomeOf(hold)?.expires ?? now() + holdSeconds * 1_000;
  const leftMs = ends + offsetMs - now();
  if (leftMs > 1) await buyer.pause(leftMs, leftMs);
}

/** Holds, thinks, confirms, and mostly gives the seats back. */
const holdAndConfirm: Behaviour = async (stage, newBuyer) => {
  const buyer = newBuyer();
  const price = stage.price ?? 0;
  const wish = wishOf(stage, buyer);
  const right = price * (typeof wish === 'number' ? wish : wish.length);
  // Some have seen another price.
  const expectedTotal = buyer.random.chance(0.85) ? right : right + 1;
  const hold = buyer.hold(stage.show, wish, buyer.random.chance(0.5) ? { expectedTotal } : {});
  if (!(await placeHold(buyer, hold))) return;
  await buyer.check(hold);
  await buyer.pause(20, 1_000);
  const confirmation = buyer.confirm(hold);
  await buyer.place(confirmation, { wait: buyer.random.integer(0, 2) });
  await buyer.pollUntilDecided(confirmation, 10);
  await buyer.check(hold);
  if (buyer.random.chance(0.3)) await buyer.place(buyer.confirm(hold), { wait: 1 });
  if (buyer.random.chance(0.8)) await giveBack(buyer, hold);
};

/** Confirms at the instant of the end or later, while others want the same seats. */
const confirmLate: Behaviour = async (stage, newBuyer) => {
  const [buyer, rival] = [newBuyer(), newBuyer()];
  const hold = buyer.hold(stage.show, wishOf(stage, buyer));
  if (!(await placeHold(buyer, hold))) return;
  const [seat = stage.seats[0] ?? ''] = hold.seats;
  const wanted = buyer.random.chance(0.5) ? rival.book(stage.show, [seat]) : null;
  await Promise.all([
    pauseUntilEnd(buyer, hold, buyer.random.integer(-100, 600)).then(async () => {
      const confirmation = buyer.confirm(hold);
      await buyer.place(confirmation, { wait: 2 });
      await buyer.pollUntilDecided(confirmation, 5);
    }),
    wanted && pauseUntilEnd(buyer, hold, buyer.random.integer(-100, 300)).then(() => rival.place(wanted, { wait: 2 })),
  ]);
  await buyer.check(hold);
  await giveBack(buyer, hold);
  if (wanted && booked(wanted)) await giveBack(rival, wanted);
};

/** Lets the hold end: whoever asks after that gets the seats, whether or not their rows say so yet. */
const letExpire: Behaviour = async (stage, newBuyer) => {
  const [buyer, next] = [newBuyer(), newBuyer()];
  const seats = buyer.random.shuffled(stage.seats).slice(0, buyer.random.integer(1, 2));
  const hold = buyer.hold(stage.show, seats);
  if (!(await placeHold(buyer, hold))) return;
  if (buyer.random.chance(0.3)) return;
  await pauseUntilEnd(buyer, hold, buyer.random.integer(-20, 300));
  const other = buyer.random.chance(0.5) ? next.book(stage.show, seats) : next.hold(stage.show, seats);
  await next.place(other, { wait: 2 });
  await next.pollUntilDecided(other, 5);
  await buyer.check(hold);
  if (booked(other)) await giveBack(next, other);
};

/** Order: gives a hold up, and as soon as that is accepted another one asks for the seat. */
const giveHoldUp: Behaviour = async (stage, newBuyer) => {
  const [owner, next] = [newBuyer(), newBuyer()];
  const seat = owner.random.pick(stage.seats);
  const hold = owner.hold(stage.show, [seat]);
  await owner.place(hold, { wait: owner.random.integer(0, 2) });
  if (hold.accepted === null || bookingIdOf(hold) === '') return;
  await owner.place(owner.cancel(hold));
  const other = next.book(stage.show, [seat]);
  await next.place(other);
  await Promise.all([owner.pollUntilDecided(hold), next.pollUntilDecided(other)]);
  if (booked(other)) await giveBack(next, other);
};

/** Changes their mind: other seats, but not without any in between. */
const replace: Behaviour = async (stage, newBuyer) => {
  const buyer = newBuyer();
  const first = buyer.hold(stage.show, wishOf(stage, buyer));
  await buyer.place(first, { wait: buyer.random.integer(0, 2) });
  if (buyer.random.chance(0.7)) await buyer.pollUntilDecided(first, 10);
  const named = buyer.random.shuffled([...first.seats, ...buyer.random.shuffled(stage.seats).slice(0, 2)]);
  const second = buyer.hold(stage.show, [...new Set(named)].slice(0, 2), { replaces: true });
  await buyer.place(second, { wait: buyer.random.integer(0, 2) });
  await buyer.pollUntilDecided(second);
  if (booked(first)) await buyer.check(first);
  const last = booked(second) ? second : first;
  if (!booked(last)) return;
  await buyer.place(buyer.confirm(last), { wait: 1 });
  await giveBack(buyer, last);
};

/** Several holds of one user in parallel, at both gateways, with and without a limit. */
const greedy: Behaviour = async (stage, newBuyer) => {
  const buyer = newBuyer();
  const holds = Array.from({ length: 5 }, () => buyer.hold(stage.show, buyer.random.integer(1, 2)));
  await Promise.all(holds.map((hold) => buyer.place(hold, { wait: 2 })));
  await Promise.all(holds.map((hold) => buyer.pollUntilDecided(hold, 10)));
  for (const hold of holds) if (booked(hold) && buyer.random.chance(0.7)) await giveBack(buyer, hold);
};

/** Retries hold and confirmation with their keys until there is an answer. */
const insistOnHold: Behaviour = async (stage, newBuyer) => {
  const buyer = newBuyer();
  const hold = buyer.hold(stage.show, wishOf(stage, buyer), { key: `h${buyer.user}` });
  for (let tries = 12; tries > 0 && hold.accepted === null && !buyer.isLeaving; tries--)
    await buyer.place(hold, { wait: buyer.random.integer(0, 2), patienceMs: buyer.random.spread(50, 3_000) });
  await buyer.pollUntilDecided(hold);
  if (!booked(hold)) return;
  const confirmation = buyer.confirm(hold, `f${buyer.user}`);
  for (let tries = 12; tries > 0 && confirmation.accepted === null && !buyer.isLeaving; tries--)
    await buyer.place(confirmation, { wait: buyer.random.integer(0, 2), patienceMs: buyer.random.spread(50, 3_000) });
  if (buyer.random.chance(0.5)) await buyer.place(hold, { wait: 1 });
  await giveBack(buyer, hold);
};

/** Confirms, shows the code at the counter, and pays; half of the time the money is taken twice, or too early. */
const payAtCounter: Behaviour = async (stage, newBuyer, newCashier) => {
  const [buyer, cashier] = [newBuyer(), newCashier()];
  const hold = buyer.hold(stage.show, wishOf(stage, buyer));
  if (!(await placeHold(buyer, hold))) return;
  if (buyer.random.chance(0.2)) await cashier.place(cashier.pay(hold), { wait: 1 });
  await buyer.place(buyer.confirm(hold), { wait: 2 });
  for (let times = buyer.random.integer(1, 2); times > 0; times--) await cashier.place(cashier.pay(hold), { wait: 2 });
  if (buyer.random.chance(0.7)) await giveBack(buyer, hold);
};

/** How often each comes. */
export const holdBehaviours: { weight: number; run: Behaviour }[] = [
  { weight: 6, run: holdAndConfirm },
  { weight: 4, run: confirmLate },
  { weight: 4, run: letExpire },
  { weight: 4, run: giveHoldUp },
  { weight: 3, run: replace },
  { weight: 3, run: greedy },
  { weight: 3, run: insistOnHold },
  { weight: 2, run: payAtCounter },
];
