import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The size, duration and results of a worker's turns. */
export class TurnMetrics {
  readonly outcomes: Counter<'kind' | 'status'>;
  readonly conflicts: Counter;
  readonly partitionsHeld: Gauge;
  readonly leaseChanges: Counter<'change'>;
  readonly relayed: Counter<'kind'>;
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
      help: 'Decided requests',
      labelNames: ['kind', 'status'],
      registers,
    });
    this.conflicts = new Counter({
      name: 'booking_conflicts_total',
      help: 'Decisions repeated because of a conflicting write',
      registers,
    });
    this.partitionsHeld = new Gauge({
      name: 'booking_partitions_held',
      help: 'Partitions that this worker owns',
      registers,
    });
    this.leaseChanges = new Counter({
      name: 'booking_lease_changes_total',
      help: 'Partitions that this worker has acquired, handed over (released), or lost',
      labelNames: ['change'],
      registers,
    });
    this.relayed = new Counter({
      name: 'booking_outbox_relayed_total',
      help: 'Rows of the outbox whose jobs are in their queues',
      labelNames: ['kind'],
      registers,
    });
    this.#envelopeSize = new Histogram({
      name: 'booking_envelope_requests',
      help: 'Requests per job',
      buckets: sizes,
      registers,
    });
    this.#turnSize = new Histogram({
      name: 'booking_turn_requests',
      help: 'Requests per transaction',
      buckets: sizes,
      registers,
    });
    this.#decideSeconds = new Histogram({
      name: 'booking_decide_seconds',
      help: 'Time to decide a turn, excluding the database',
      buckets: seconds,
      registers,
    });
    this.#turnSeconds = new Histogram({
      name: 'booking_turn_seconds',
      help: 'Duration of a transaction, from begin to commit',
      buckets: seconds,
      registers,
    });
  }

  envelope(size: number): void {
    this.#envelopeSize.observe(size);
  }

  turn(
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

export function registerRefusedPartitions(registry: Registry, count: () => number): void {
  new Gauge({
    name: 'booking_partitions_refused',
    help: 'Partitions whose next job only a worker of a later release understands',
    registers: [registry],
    collect() {
      this.set(count());
    },
  });
}
