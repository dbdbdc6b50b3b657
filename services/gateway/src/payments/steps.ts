import type { CancelRequest, ConfirmRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { pauseMs } from './backoff.ts';
import type { Step } from './next-step.ts';
import type { PaymentChanges } from './payment-changes.ts';
import type { PaymentRow } from './payment-row.ts';
import { type PaymentProvider, ProviderError, type ProviderPayment } from './providers/provider.ts';
import type { PaymentFacts } from './stored-payments.ts';

export interface StepDependencies {
  changes: PaymentChanges;
  /** By name: also those that take no new payments any more. */
  providers: ReadonlyMap<string, PaymentProvider>;
  /** Puts a request into the show's line, and waits a little for its outcome; null when it does not come. */
  submit: (draft: Omit<ConfirmRequest, 'id'> | Omit<CancelRequest, 'id'>) => Promise<Outcome | null>;
  returnUrlOf: (paymentId: string) => string;
}

interface StepResult {
  /** `waiting`: for the buyer, or for an outcome; `relayed`: the outbox brings what follows from the outcome. */
  outcome: 'done' | 'waiting' | 'relayed';
  /** How soon to look again, if not by the usual backoff. */
  delayMs?: number;
  /** Why a person should look at the payment. */
  attention?: string;
}

const done: StepResult = { outcome: 'done' };
/** A person should look at a payment of another amount or currency than agreed. */
const amountMismatch = 'amount_mismatch';
/** How soon an outcome is looked for again that the line has not given yet, at least. In milliseconds. */
const lineMs = 5_000;
/** Nobody has seen a checkout that its provider has not opened within this time, in seconds. */
const openWithinSeconds = 4 * 60;
/** Buyers are given up whose provider does not know their checkout for this long, in seconds. */
const unknownSeconds = 24 * 60 * 60;

/** One process takes what follows from an outcome, and not also this one. It is due soon anyway, should no job come. */
const relayed: StepResult = { outcome: 'relayed' };

/** Takes one step. Its result is recorded before it returns. @throws {ProviderError}, {ProblemError} */
export async function takeStep(dependencies: StepDependencies, step: Step, facts: PaymentFacts): Promise<StepResult> {
  const { payment } = facts;
  const provider = dependencies.providers.get(payment.provider);
  if (!provider) throw new ProviderError('ours', `there is no provider ${payment.provider} any more`);
  switch (step) {
    case 'find':
      return payment.reference ? look(dependencies, provider, payment) : open(dependencies, provider, facts);
    case 'confirm':
      return confirm(dependencies, payment);
    case 'cancel':
      return cancel(dependencies, payment);
    case 'refund':
      return record(dependencies, payment, await provider.refund(providerPayment(payment)));
    default:
      return settle(dependencies, step, provider, payment);
  }
}

/** Opens the checkout; the same one, if it was opened before. */
async function open(
  { changes, returnUrlOf }: StepDependencies,
  provider: PaymentProvider,
  { payment, holdEndsAt }: PaymentFacts,
): Promise<StepResult> {
  const { id, amount, currency, booking_id: bookingId, created_at: createdAt } = payment;
  if (await changes.giveUp(id, { seconds: openWithinSeconds, unopened: true })) return done;
  const order = { id, amount, currency, bookingId, createdAt, holdEndsAt: holdEndsAt ?? createdAt };
  await changes.addCheckout(id, await provider.createCheckout({ ...order, returnUrl: returnUrlOf(id) }));
  return { outcome: 'waiting', delayMs: 60_000 };
}

async function look(
  { changes }: StepDependencies,
  provider: PaymentProvider,
  payment: PaymentRow,
): Promise<StepResult> {
  const { id } = payment;
  const report = await provider.find(payment);
  const changed = report
    ? await changes.apply(id, report)
    : await changes.giveUp(id, { seconds: unknownSeconds, unopened: false });
  return changed ? done : { outcome: 'waiting' };
}

async function confirm({ submit }: StepDependencies, payment: PaymentRow): Promise<StepResult> {
  const amount = payment.authorized_amount ?? payment.amount;
  const currency = payment.authorized_currency ?? payment.currency;
  const outcome = await submit({
    ...{ kind: 'confirm', show_id: payment.show_id, user_id: payment.user_id, booking_id: payment.booking_id },
    ...{ request_id: `payment-${payment.id}`, payment: { id: payment.id, amount, currency } },
  });
  if (!outcome) return { outcome: 'waiting', delayMs: Math.max(lineMs, pauseMs('confirm', payment)) };
  if (outcome.status === 'failed') return { outcome: 'waiting' };
  const isMismatch = outcome.status === 'rejected' && outcome.problem.code === 'payment_mismatch';
  return { ...relayed, ...(isMismatch && { attention: amountMismatch }) };
}

/** The line leaves a refund in its outbox. */
async function cancel({ submit }: StepDependencies, payment: PaymentRow): Promise<StepResult> {
  const outcome = await submit({
    ...{ kind: 'cancel', show_id: payment.show_id, booking_id: payment.booking_id, as_admin: true },
    ...{ user_id: payment.refund_requested_by ?? 0, request_id: `payment-${payment.id}` },
    reason: payment.refund_reason ?? 'Refunded',
  });
  if (outcome?.status === 'succeeded') return relayed;
  return { outcome: 'waiting', delayMs: Math.max(lineMs, pauseMs('cancel', payment)) };
}

/** Captures or voids, whichever was chosen first: a capture and a void never meet. */
async function settle(
  dependencies: StepDependencies,
  wanted: 'capture' | 'void',
  provider: PaymentProvider,
  payment: PaymentRow,
): Promise<StepResult> {
  const chosen = await dependencies.changes.choose(payment.id, wanted);
  if (chosen !== wanted) return done; // the facts have changed
  return record(dependencies, payment, await provider[wanted](providerPayment(payment)));
}

async function record(
  { changes }: StepDependencies,
  { id, provider, amount, currency }: PaymentRow,
  report: Awaited<ReturnType<PaymentProvider['capture']>>,
): Promise<StepResult> {
  const changed = await changes.apply(id, report);
  if (!changed) return report.status === 'pending' || report.status === 'authorized' ? { outcome: 'waiting' } : done;
  const outcome = `${report.amount ?? amount} ${report.currency ?? currency}`;
  await changes.addHistory({ paymentId: id, provider, source: 'boxoffice', kind: report.status, outcome });
  const isOther = report.amount !== undefined && (report.amount !== amount || report.currency !== currency);
  return isOther && report.status === 'captured' ? { ...done, attention: amountMismatch } : done;
}

function providerPayment({ id, reference, intent, amount, currency, key_generation }: PaymentRow): ProviderPayment {
  return { id, reference, intent, amount, currency, keyGeneration: key_generation };
}
