import { Counter, Gauge, type Registry } from 'prom-client';

/** What happens to payments, and what remains to be done. */
export class PaymentMetrics {
  readonly alarms: Counter<'reason'>;
  readonly events: Counter<'provider' | 'outcome'>;
  readonly #steps: Counter<'step' | 'outcome'>;

  constructor(registry: Registry, readBacklog: () => Promise<PaymentBacklog>) {
    const registers = [registry];
    this.alarms = new Counter({
      ...{
        name: 'payment_alarms_total',
        help: 'Payments that began to need attention',
        labelNames: ['reason'],
        registers,
      },
    });
    this.events = new Counter({
      ...{
        name: 'payment_events_total',
        help: 'Events of payment providers',
        labelNames: ['provider', 'outcome'],
        registers,
      },
    });
    this.#steps = new Counter({
      ...{ name: 'payment_steps_total', help: 'Steps of payments', labelNames: ['step', 'outcome'], registers },
    });
    const gauges: [name: string, help: string, of: (backlog: PaymentBacklog) => number][] = [
      ['booking_outbox_rows', 'Rows of the outbox that are not in their queues yet', (backlog) => backlog.outbox_rows],
      ['booking_outbox_oldest_seconds', 'Age of the oldest row of the outbox', (backlog) => backlog.outbox_seconds],
      ['payment_attention', 'Payments that a person should look at', (backlog) => backlog.attention],
      [
        'payment_overdue_seconds',
        'How long the next step of a payment has been due',
        (backlog) => backlog.overdue_seconds,
      ],
    ];
    const last: { backlog: Promise<PaymentBacklog | null>; at: number } = { backlog: Promise.resolve(null), at: 0 };
    const backlog = () => {
      if (Date.now() - last.at > 1_000)
        Object.assign(last, { backlog: readBacklog().catch(() => null), at: Date.now() });
      return last.backlog;
    };
    for (const [name, help, of] of gauges)
      new Gauge({
        ...{ name, help, registers },
        async collect() {
          const read = await backlog();
          if (read) this.set(of(read));
        },
      });
  }

  step(step: string, outcome: string): void {
    this.#steps.inc({ step, outcome });
  }
}

export interface PaymentBacklog {
  outbox_rows: number;
  outbox_seconds: number;
  attention: number;
  overdue_seconds: number;
}

/** Counting stops at 1,000,000 rows. */
export const backlogSql = `
  select (select count(*)::int from (select from booking.outbox limit 1000000) as counted) as outbox_rows,
    coalesce((select extract(epoch from now() - created_at)::float from booking.outbox order by seq limit 1), 0) as outbox_seconds,
    (select count(*)::int from payments.payments where attention is not null) as attention,
    coalesce((select greatest(extract(epoch from now() - next_step_at), 0)::float from payments.payments
      where next_step_at is not null order by next_step_at limit 1), 0) as overdue_seconds`;
