import { type Operation, outcomeOf } from '../checker/history.ts';
import { booked, giveBack, type Stage } from './behaviours.ts';
import { holdSeconds } from './hold-behaviours.ts';
import { now } from './now.ts';
import type { KnownPayment, Payer } from './payer.ts';

/** How long a hold lasts at least once its payment has begun, in seconds: longer than holds, and short enough to pay late. */
export const paymentSeconds = 5;

/** One scenario at one show that is paid for online. Each payer is a separate user. */
type PaymentBehaviour = (stage: Stage, newPayer: () => Payer) => Promise<void>;

const isDecided = (status: string) => status !== 'pending' && status !== 'authorized';

async function holdSome({ show, seats }: Stage, payer: Payer): Promise<Operation | null> {
  const hold = payer.hold(show, payer.random.shuffled(seats).slice(0, payer.random.integer(1, 2)));
  await payer.place(hold, { wait: payer.random.integer(1, 2) });
  await payer.pollUntilDecided(hold);
  return booked(hold) ? hold : null;
}

async function holdAndBegin(stage: Stage, payer: Payer): Promise<KnownPayment | null> {
  const hold = await holdSome(stage, payer);
  return hold && payer.begin(hold);
}

/** Of some the seats are given back, so that others can buy them, and the money. */
async function perhapsGiveBack(payer: Payer, { hold, ...payment }: KnownPayment, share = 0.7): Promise<void> {
  if (!payer.random.chance(share)) return;
  await giveBack(payer, hold);
  if (payer.random.chance(0.3)) await payer.askUntil({ hold, ...payment }, (status) => status === 'refunded', 5);
}

/** Pays, waits for the seats, and looks at them. */
const pay: PaymentBehaviour = async (stage, newPayer) => {
  const payer = newPayer();
  const payment = await holdAndBegin(stage, payer);
  if (!payment) return;
  await payer.visit(payment, 'pay');
  await payer.askUntil(payment, isDecided);
  await payer.check(payment.hold);
  await perhapsGiveBack(payer, payment);
};

/** Pays, and does not come back: nothing but an event or reconciliation tells Boxoffice. */
const payAndLeave: PaymentBehaviour = async (stage, newPayer) => {
  const payer = newPayer();
  const payment = await holdAndBegin(stage, payer);
  if (payment) await payer.visit(payment, 'pay');
};

/** Is declined, and half of the time pays with another card. */
const decline: PaymentBehaviour = async (stage, newPayer) => {
  const payer = newPayer();
  const payment = await holdAndBegin(stage, payer);
  if (!payment) return;
  await payer.visit(payment, 'decline');
  if (payer.random.chance(0.5)) await payer.visit(payment, 'pay');
  await payer.askUntil(payment, isDecided, 5);
};

/** Begins a payment, and leaves. */
const leave: PaymentBehaviour = async (stage, newPayer) => void (await holdAndBegin(stage, newPayer()));

/** Pays at about the end of the hold or later, while another one wants the seats. */
const payLate: PaymentBehaviour = async (stage, newPayer) => {
  const [payer, rival] = [newPayer(), newPayer()];
  const payment = await holdAndBegin(stage, payer);
  if (!payment) return;
  // It was extended by about so much.
  const leftMs = (outcomeOf(payment.hold)?.expires ?? now()) + (paymentSeconds - holdSeconds) * 1_000 - now();
  const waitMs = Math.max(1, leftMs + payer.random.integer(-300, 1_500));
  const wanted = payer.random.chance(0.5) ? rival.hold(stage.show, payment.hold.seats) : null;
  await Promise.all([
    payer.pause(waitMs, waitMs + 1).then(() => payer.visit(payment, 'pay')),
    wanted && rival.pause(waitMs, waitMs + 500).then(() => rival.place(wanted, { wait: 2 })),
  ]);
  await payer.askUntil(payment, isDecided);
  await payer.check(payment.hold);
  await perhapsGiveBack(payer, payment);
};

/** Begins at both gateways at the same time, and pays whatever there is to be paid, twice. */
const payTwice: PaymentBehaviour = async (stage, newPayer) => {
  const payer = newPayer();
  const hold = await holdSome(stage, payer);
  if (!hold) return;
  const begun = await Promise.all([payer.begin(hold, 0), payer.begin(hold, 1)]);
  const payments = begun.filter((payment) => payment !== null);
  await Promise.all([...payments, ...payments].map((payment) => payer.visit(payment, 'pay')));
  // A third one, of a hold that is paid for.
  const another = payer.random.chance(0.5) ? await payer.begin(hold) : null;
  if (another) await payer.visit(another, 'pay');
  for (const payment of payments) await payer.askUntil(payment, isDecided, 6);
  const [first] = payments;
  if (first) await perhapsGiveBack(payer, first);
};

/** Gives the seats up before, while or after paying for them. */
const payAndCancel: PaymentBehaviour = async (stage, newPayer) => {
  const payer = newPayer();
  const payment = await holdAndBegin(stage, payer);
  if (!payment) return;
  const cancel = () => giveBack(payer, payment.hold, payer.random.integer(0, 1));
  const before = payer.random.chance(0.3);
  if (before) await cancel();
  const pauseMs = payer.random.spread(1, 800);
  await Promise.all([payer.visit(payment, 'pay'), before || payer.pause(pauseMs, pauseMs + 1).then(cancel)]);
  await payer.askUntil(payment, isDecided, 6);
};

/** The provider authorises less than the seats cost. */
const payShort: PaymentBehaviour = async (stage, newPayer) => {
  const payer = newPayer();
  const payment = await holdAndBegin(stage, payer);
  if (!payment) return;
  await payer.visit(payment, 'short');
  await payer.askUntil(payment, isDecided, 6);
};

/** How often each comes. */
export const paymentBehaviours: { weight: number; run: PaymentBehaviour }[] = [
  { weight: 8, run: pay },
  { weight: 3, run: payAndLeave },
  { weight: 1, run: decline },
  { weight: 1, run: leave },
  { weight: 4, run: payLate },
  { weight: 3, run: payTwice },
  { weight: 4, run: payAndCancel },
  { weight: 1, run: payShort },
];
