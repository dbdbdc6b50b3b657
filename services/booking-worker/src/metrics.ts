import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What an operator asks of a worker first: how large turns are, how long they take, how they end. */
export class TurnMetrics {
  readonly outcomes: Counter<'kind' | 'status'>;
  readonly conflicts: Counter;
  readonly partitionsHeld: Gauge;
  readonly #envelopeSize: Histogram;
  readonly #turnSize: Histogram;
  readonly #decideSeconds: Histogram;
  readonly #turnSeconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
    const seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
    this.outcomes = new Counter({
      name: 'booking_outcomes_total',
      help: 'Requests decided',
      labelNames: ['kind', 'status'],
      registers,
    });
    this.conflicts = new Counter({
      name: 'booking_conflicts_total',
      help: 'Decisions taken again because someone else wrote',
      registers,
    });
    this.partitionsHeld = new Gauge({
      name: 'booking_partitions_held',
      help: 'Partitions this worker serves',
      registers,
    });
    this.#envelopeSize = new Histogram({
      name: 'booking_envelope_requests',
      help: 'Requests in one job',
      buckets: sizes,
      registers,
    });
    this.#turnSize = new Histogram({
      name: 'booking_turn_requests',
      help: 'Requests decided in one transaction',
      buckets: sizes,
      registers,
    });
    this.#decideSeconds = new Histogram({
      name: 'booking_decide_seconds',
      help: 'Time to decide a turn, without the database',
      buckets: seconds,
      registers,
    });
    this.#turnSeconds = new Histogram({
      name: 'booking_turn_seconds',
      help: 'Time of one transaction, from begin to commit',
      buckets: seconds,
      registers,
    });
  }

  envelope(size: number): void {
    this.#envelopeSize.observe(size);
  }

  turned(
    requests: readonly BookingRequest[],
    outcomes: readonly Outcome[],
    times: { decideMs: number; turnMs: number },
  ): void {
    this.#turnSize.observe(requests.length);
    this.#decideSeconds.observe(times.decideMs / 1_000);
    this.#turnSeconds.observe(times.turnMs / 1_000);
    for (const [index, outcome] of outcomes.entries()) {
      this.outcomes.inc({ kind: requests[index]?.kind ?? 'book', status: outcome.status });
    }
  }
}
