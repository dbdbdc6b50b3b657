import { type Operation, outcomeOf } from '../checker/history.ts';
import type { Buyer } from './buyer.ts';

/** A show as the clients see it. */
export interface Stage {
  show: number;
  seats: string[];
  /** Of each seat, in minor units of the currency; null: free. */
  price: number | null;
  currency: string | null;
  /** Whether it is paid for online, before it is booked. */
  isOnline: boolean;
  /** Seats that a user may have; null: any number. */
  limit: number | null;
}

/** One scenario at one show. Each buyer is a separate user, and each cashier an administrator. */
export type Behaviour = (stage: Stage, newBuyer: () => Buyer, newCashier: () => Buyer) => Promise<void>;

/** Whether it was answered that the seats are booked, or held. */
export const booked = (operation: Operation) =>
  operation.ids.length > 0 && outcomeOf(operation)?.status === 'succeeded';

/** Asks, polls, checks, and half of the time gives the seat back. */
const askAndPoll: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const booking = buyer.book(show, [buyer.random.pick(seats)]);
  await buyer.place(booking);
  await buyer.pollUntilDecided(booking);
  if (!booked(booking)) return;
  await buyer.check(booking);
  if (buyer.random.chance(0.6)) await giveBack(buyer, booking);
};

/** Waits for the outcome. */
const wait: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const booking = buyer.book(show, [buyer.random.pick(seats)]);
  await buyer.place(booking, { wait: buyer.random.integer(1, 6) });
  if (!booked(booking)) return;
  await buyer.check(booking);
  if (buyer.random.chance(0.8)) await giveBack(buyer, booking);
};

/** Books, waits for the outcome at one gateway, and gives the seat back. Leaves early, to come again soon. */
export async function comeRegularly({ show, seats }: Stage, gateway: number, buyer: Buyer): Promise<void> {
  const placing = { wait: 2, gateway, patienceMs: 4_000 };
  const booking = buyer.book(show, [buyer.random.pick(seats)]);
  await buyer.place(booking, placing);
  if (booked(booking)) await buyer.place(buyer.cancel(booking), placing);
}

/** Wants several seats, all or none. */
const family: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const booking = buyer.book(show, buyer.random.shuffled(seats).slice(0, buyer.random.integer(2, 4)));
  await buyer.place(booking, { wait: buyer.random.integer(0, 3) });
  await buyer.pollUntilDecided(booking);
  if (booked(booking) && buyer.random.chance(0.7)) await giveBack(buyer, booking);
};

/** Tries again with the same key until there is an answer, at any gateway, and sometimes once more. */
const insist: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const booking = buyer.book(show, [buyer.random.pick(seats)], `k${buyer.user}`);
  for (let tries = buyer.random.integer(3, 8); tries > 0 && booking.accepted === null; tries--) {
    await buyer.place(booking, { wait: buyer.random.integer(0, 2), patienceMs: buyer.random.spread(20, 5_000) });
  }
  await buyer.pollUntilDecided(booking);
  if (buyer.random.chance(0.4)) await buyer.place(booking);
  if (!booked(booking)) return;
  const cancelling = buyer.cancel(booking, `c${buyer.user}`);
  for (let tries = 3; tries > 0 && cancelling.accepted === null; tries--) await buyer.place(cancelling, { wait: 1 });
  // Long after: the first answer still, and no second booking.
  if (buyer.random.chance(0.5)) await buyer.place(booking, { wait: 1 });
};

/** Tries again with the same key for as long as it takes, at any gateway: longer than a lost request keeps its key. */
const persist: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const booking = buyer.book(show, [buyer.random.pick(seats)], `k${buyer.user}`);
  for (let tries = 24; tries > 0 && booking.accepted === null && !buyer.isLeaving; tries--) {
    await buyer.place(booking, { patienceMs: buyer.random.spread(100, 2_500) });
    await buyer.pause(100, 500);
  }
  await buyer.pollUntilDecided(booking);
  if (booked(booking)) await giveBack(buyer, booking);
};

/** Tries again without a key: each try is a request of its own. */
const careless: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const seat = buyer.random.pick(seats);
  for (let tries = 3; tries > 0; tries--) {
    const booking = buyer.book(show, [seat]);
    const { says } = await buyer.place(booking, { wait: buyer.random.integer(0, 1) });
    if (says === 'accepted') return;
  }
};

/** Leaves before the answer; with a key it may come back for it. */
const leaveEarly: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const key = buyer.random.chance(0.6) ? `k${buyer.user}` : null;
  const booking = buyer.book(show, [buyer.random.pick(seats)], key);
  await buyer.place(booking, { wait: 2, patienceMs: buyer.random.spread(1, 200) });
  if (key === null) return;
  await buyer.pause(10, 2_000);
  await buyer.place(booking, { wait: 1 });
};

/** The same keyed request to both gateways at the same time. */
const twice: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const booking = buyer.book(show, [buyer.random.pick(seats)], `k${buyer.user}`);
  await Promise.all([buyer.place(booking, { gateway: 0 }), buyer.place(booking, { gateway: 1, wait: 1 })]);
  await buyer.pollUntilDecided(booking);
};

/** Follows the request's events instead of polling. */
const follow: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyer = newBuyer();
  const booking = buyer.book(show, [buyer.random.pick(seats)]);
  await buyer.place(booking);
  await buyer.follow(booking);
  if (booked(booking)) await giveBack(buyer, booking);
};

/** Order: cancels, and as soon as that is accepted others ask for the seat, one after the other. */
const handOver: Behaviour = async ({ show, seats }, newBuyer) => {
  const [owner, next, last] = [newBuyer(), newBuyer(), newBuyer()];
  const seat = owner.random.pick(seats);
  const booking = owner.book(show, [seat]);
  await owner.place(booking, { wait: 2 });
  if (!booked(booking)) return;
  await owner.place(owner.cancel(booking));
  const second = next.book(show, [seat]);
  await next.place(second);
  const third = last.book(show, [seat]);
  await last.place(third);
  await next.pollUntilDecided(second);
  if (booked(second)) await giveBack(next, second, 1);
};

/** Order: a booking, its cancellation and another's booking, all accepted before the first is decided. */
const pipeline: Behaviour = async ({ show, seats }, newBuyer) => {
  const [first, second] = [newBuyer(), newBuyer()];
  const seat = first.random.pick(seats);
  const booking = first.book(show, [seat]);
  if ((await first.place(booking)).says !== 'accepted') return;
  const cancelling = first.cancel(booking);
  await first.place(cancelling);
  const other = second.book(show, [seat]);
  await second.place(other);
  await Promise.all([
    first.pollUntilDecided(booking),
    first.pollUntilDecided(cancelling),
    second.pollUntilDecided(other),
  ]);
  if (booked(other)) await giveBack(second, other);
};

/** Order: several ask for one seat, each after the one before was accepted. */
const line: Behaviour = async ({ show, seats }, newBuyer) => {
  const buyers = [newBuyer(), newBuyer(), newBuyer(), newBuyer()];
  const seat = buyers[0]?.random.pick(seats) ?? '';
  const bookings: Operation[] = [];
  for (const buyer of buyers) {
    const booking = buyer.book(show, [seat]);
    await buyer.place(booking);
    bookings.push(booking);
  }
  await Promise.all(buyers.map((buyer, index) => buyer.pollUntilDecided(bookings[index] as Operation)));
  for (const [index, buyer] of buyers.entries()) {
    const booking = bookings[index];
    if (booking && booked(booking)) await giveBack(buyer, booking, 1);
  }
};

export async function giveBack(buyer: Buyer, booking: Operation, wait = buyer.random.integer(0, 2)): Promise<void> {
  const cancelling = buyer.cancel(booking);
  await buyer.place(cancelling, { wait });
  if (wait === 0 && buyer.random.chance(0.5)) await buyer.pollUntilDecided(cancelling, 5);
}

/** How often each comes. */
export const behaviours: { weight: number; run: Behaviour }[] = [
  { weight: 4, run: askAndPoll },
  { weight: 6, run: wait },
  { weight: 2, run: family },
  { weight: 4, run: insist },
  { weight: 6, run: persist },
  { weight: 1, run: careless },
  { weight: 2, run: leaveEarly },
  { weight: 2, run: twice },
  { weight: 2, run: follow },
  { weight: 4, run: handOver },
  { weight: 4, run: pipeline },
  { weight: 4, run: line },
];
