import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import { backoffMs, pauseMs } from './backoff.ts';
import { nextStep, type Step } from './next-step.ts';
import type { Pace } from './pace.ts';
import type { PaymentChanges } from './payment-changes.ts';
import type { PaymentMetrics } from './payment-metrics.ts';
import type { PaymentRow } from './payment-row.ts';
import { ProviderError, type ProviderErrorKind } from './providers/provider.ts';
import { type StepDependencies, takeStep } from './steps.ts';
import type { PaymentFacts, StoredPayments } from './stored-payments.ts';

/** Steps that one run takes; a payment needs three at most. */
const stepLimit = 8;
/** How soon a payment is looked at again whose next step somebody must help with, in milliseconds. */
const helplessMs = 60 * 60_000;
/** From this delay on, people who merely wait make no calls of their own, in milliseconds: the queue would only grow. */
const busyMs = 500;
/** After so many failed attempts the provider is asked whether one of them succeeded. */
const triesBeforeAsking = 2;
/** A step that has failed so often for a passing reason is a person's affair too. */
const stuckTries = 12;

export interface SettlerOptions extends StepDependencies {
  payments: Pick<StoredPayments, 'findFacts'>;
  changes: PaymentChanges;
  pace: Pace;
  metrics: PaymentMetrics;
  logger: Logger;
}

interface Attempt {
  /** Whether the pause before the next attempt grows. */
  countsAsTry: boolean;
}

/**
 * Takes the steps that a payment needs, one after another. Any number of processes may do so at the same time: each
 * step at a provider has one idempotency key, and its result is recorded only if the payment is still where it was.
 */
export class Settler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /**
   * Takes every step that can be taken now. What must wait is due later, in PostgreSQL.
   *
   * @throws the database's error when it is unavailable
   */
  settle(id: string): Promise<void> {
    return this.#settle(id, { countsAsTry: true });
  }

  /**
   * Settles a payment for somebody who waits for it, unless the provider has too much to do: then the others will. It
   * does not count as a try: while the provider is down, a page that polls must not put the next try off by an hour.
   */
  async settleSoon(id: string): Promise<void> {
    if (this.#options.pace.delayMs < busyMs) await this.#settle(id, { countsAsTry: false });
  }

  async #settle(id: string, attempt: Attempt): Promise<void> {
    const { payments, changes } = this.#options;
    for (let steps = 0; steps < stepLimit; steps++) {
      const facts = await payments.findFacts(id);
      if (!facts) return;
      if (!attempt.countsAsTry && steps === 0 && isPausing(facts.payment)) return;
      const step = nextStep(facts);
      if (step === null) return this.#rest(facts);
      const continues = await this.#take(step, facts, attempt);
      if (!continues) return;
    }
    await changes.postpone({ id }, { delayMs: backoffMs(stepLimit), ...attempt });
  }

  /** Nothing is left to be done, unless the money is gone and the seats are not. What was wrong on the way is over. */
  async #rest({ payment, isBooked }: PaymentFacts): Promise<void> {
    const { changes } = this.#options;
    if (isBooked && payment.status !== 'captured') await this.#raise(payment, 'booked_without_money');
    else if (payment.attention !== null) await changes.setAttention(payment.id, null);
    await changes.rest(payment);
  }

  /** Returns whether the payment may need another step now. */
  async #take(step: Step, facts: PaymentFacts, attempt: Attempt): Promise<boolean> {
    const { changes, pace, metrics } = this.#options;
    const { payment } = facts;
    try {
      if (step !== 'confirm' && step !== 'cancel') await pace.turn();
      const result = await takeStep(this.#options, step, facts);
      metrics.step(step, result.outcome);
      if (result.attention) await this.#raise(payment, result.attention);
      if (result.outcome === 'done') return true;
      if (result.outcome === 'relayed') return false;
      if (isStuck(payment) && (step === 'confirm' || step === 'cancel')) await this.#raise(payment, `${step}_stuck`);
      await changes.postpone(payment, { delayMs: result.delayMs ?? pauseMs(step, payment), ...attempt });
      return false;
    } catch (error) {
      return this.#failed(step, facts, { error, ...attempt });
    }
  }

  async #failed(
    step: Step,
    { payment }: PaymentFacts,
    { error, countsAsTry }: Attempt & { error: unknown },
  ): Promise<boolean> {
    const { changes, metrics, logger } = this.#options;
    if (!(error instanceof ProviderError || error instanceof ProblemError)) throw error;
    const { kind, isReplayed } = error instanceof ProviderError ? error : passing;
    const { id: paymentId, provider, tries } = payment;
    const { message } = error;
    metrics.step(step, kind);
    logger.warn({ payment: paymentId, step, kind, reason: message, tries }, 'a step of a payment failed');
    await changes.addHistory({ paymentId, provider, source: 'boxoffice', kind: step, outcome: `${kind}: ${message}` });
    if (mustAsk(step, { kind, isReplayed, tries }) && (await this.#learn(payment, isReplayed))) return true;
    if (kind !== 'retry' || isStuck(payment)) await this.#raise(payment, `${step}_${attentionOf[kind]}`);
    const delayMs = kind === 'retry' ? pauseMs(step, payment) : helplessMs;
    await changes.postpone(payment, { delayMs, countsAsTry });
    return false;
  }

  /**
   * A step that cannot be done may have been done, or be out of date. If the provider says that it was not done, and has
   * stored the failure, the step gets a new key: no call with the old one can succeed any more.
   *
   * @returns whether the step can be taken again, or another one
   */
  async #learn(payment: PaymentRow, isReplayed: boolean): Promise<boolean> {
    const { id, provider, status, reference, intent } = payment;
    const { changes, providers, pace } = this.#options;
    if (!reference && !intent) return false;
    await pace.turn();
    const report = await providers
      .get(provider)
      ?.find(payment)
      .catch(() => null);
    if (!report) return false;
    if (await changes.apply(id, report)) return true;
    return isReplayed && report.status === status && (await changes.renewKeys(payment));
  }

  async #raise({ id, provider }: PaymentRow, reason: string): Promise<void> {
    const { changes, metrics, logger } = this.#options;
    if (!(await changes.setAttention(id, reason))) return;
    metrics.alarms.inc({ reason });
    logger.error({ payment: id, provider, reason }, 'a payment needs attention');
  }
}

/** How an error is treated that is not the provider's, but the queue's or the database's. */
const passing = { kind: 'retry', isReplayed: false } as const;
const attentionOf: Record<ProviderErrorKind, string> = { ours: 'failed', declined: 'declined', retry: 'stuck' };

/**
 * A call that the provider declines may have been made before, or by somebody else. So may one that keeps failing:
 * Stripe repeats the response of an idempotency key for a day, also a 500 to a call that it has carried out.
 */
const mustAsk = (step: Step, error: { kind: ProviderErrorKind; isReplayed: boolean; tries: number }) =>
  error.kind === 'declined' ||
  (['capture', 'void', 'refund'].includes(step) &&
    (error.isReplayed || (error.kind === 'retry' && error.tries >= triesBeforeAsking)));

const isStuck = ({ tries }: PaymentRow) => tries >= stuckTries;

/** Whether a step has failed and is not due again. A checkout may be paid at any time, so it is always looked up. */
const isPausing = ({ status, reference, tries, next_step_at: at }: PaymentRow) =>
  tries > 0 && (at?.getTime() ?? 0) > Date.now() && !(status === 'pending' && reference !== null);
