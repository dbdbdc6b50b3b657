import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';
import { readDatabase } from '../bookings/index.ts';
import { backoffMs } from './backoff.ts';
import type { PaymentChanges } from './payment-changes.ts';
import type { PaymentReport, ProviderEvent } from './providers/provider.ts';

/** An event of a payment that is still unknown after so many tries belongs to somebody else. */
const tryLimit = 40;

/** What PostgreSQL is sure to read as one. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Handled {
  paymentId: string;
  mustAsk: boolean;
  attention?: string;
}

interface StoredEvent {
  id: number;
  provider: string;
  kind: string;
  payment_id: string | null;
  reference: string | null;
  data: { payment_id?: string; intent?: string; report?: PaymentReport; attention?: 'refund_failed' } | null;
  tries: number;
}

/** The events of providers: stored before they are answered, and handled once. */
export class PaymentEvents {
  readonly #orm: MikroORM;
  readonly #changes: PaymentChanges;

  constructor(orm: MikroORM, changes: PaymentChanges) {
    this.#orm = orm;
    this.#changes = changes;
  }

  /**
   * Stores an event; never its body.
   *
   * @returns its id, or null when it was stored before
   * @throws {ProblemError} database_unavailable
   */
  async store(provider: string, event: ProviderEvent): Promise<number | null> {
    const { paymentId, intent, report, attention } = event;
    const data = {
      ...(paymentId && { payment_id: paymentId }),
      ...(intent && { intent }),
      ...(report && { report }),
      ...(attention && { attention }),
    };
    const rows = await readDatabase(() =>
      this.#orm.em.getConnection().execute<{ id: string }[]>(
        `insert into payments.payment_events (source, provider, event_id, kind, reference, data, next_try_at)
         values ('event', ?, ?, ?, ?, ?::jsonb, now()) on conflict (provider, event_id) do nothing returning id`,
        [provider, event.id, event.kind, event.reference, JSON.stringify(data)],
      ),
    );
    return rows[0] ? Number(rows[0].id) : null;
  }

  /**
   * Applies a stored event to its payment, once. If that is not known yet, the event waits.
   *
   * @returns the payment, whether the provider must be asked about it, and the attention that it needs since now
   * @throws what made it fail; the event is tried again later, so that it does not keep newer ones waiting
   */
  async handle(id: number): Promise<Handled | null> {
    try {
      return await this.#handle(id);
    } catch (error) {
      await this.#postpone(id).catch(() => undefined); // the first error is the one to be reported
      throw error;
    }
  }

  #handle(id: number): Promise<Handled | null> {
    return this.#orm.em.fork().transactional(async (em) => {
      const [event] = await em.execute<StoredEvent[]>(
        'select * from payments.payment_events where id = ? and handled_at is null for update skip locked',
        [id],
      );
      if (!event) return null;
      const paymentId = await this.#findPayment(em, event);
      if (!paymentId) return this.#wait(em, event, { names: names(event) });
      const report = event.data?.report ?? null;
      const changed = report ? await this.#changes.apply(paymentId, report, em) : null;
      const reason = event.data?.attention;
      const isRaised = reason ? await this.#changes.setAttention(paymentId, reason, em) : false;
      const outcome = reason ?? (changed ? changed.status : report ? 'known already' : 'looked up');
      await em.execute(
        'update payments.payment_events set payment_id = ?, handled_at = now(), outcome = ? where id = ? returning id',
        [paymentId, outcome, id],
      );
      return { paymentId, mustAsk: !report, ...(isRaised && reason && { attention: reason }) };
    });
  }

  /** The ids of events whose time has come. */
  async findDue(limit: number): Promise<number[]> {
    const rows = await this.#orm.em.getConnection().execute<{ id: string }[]>(
      `select id from payments.payment_events where handled_at is null and next_try_at <= now() - interval '1 second'
       order by next_try_at limit ?`,
      [limit],
    );
    return rows.map((row) => Number(row.id));
  }

  /**
   * One index after the other, until one has it. The intent counts too: events about money name no checkout. The payment is
   * locked, because it may be on its way into an archive (scripts/archive): then it is either changed in time or unknown here.
   */
  async #findPayment(em: EntityManager, { provider, reference, data }: StoredEvent): Promise<string | null> {
    const paymentId = data?.payment_id ?? '';
    const [found] = await em.execute<{ id: string }[]>(
      `select id from payments.payments where id = coalesce(
         (select id from payments.payments where provider = ? and id = ?::uuid),
         (select id from payments.payments where provider = ? and reference = ?),
         (select id from payments.payments where provider = ? and intent = ? limit 1))
       for no key update`,
      [provider, uuid.test(paymentId) ? paymentId : null, provider, reference, provider, data?.intent ?? null],
    );
    return found?.id ?? null;
  }

  async #postpone(id: number): Promise<void> {
    const connection = this.#orm.em.getConnection();
    const [event] = await connection.execute<{ tries: number }[]>(
      'update payments.payment_events set tries = tries + 1 where id = ? and handled_at is null returning tries',
      [id],
    );
    if (!event) return;
    await connection.execute(
      `update payments.payment_events set next_try_at = now() + ? * interval '1 millisecond' where id = ?`,
      [backoffMs(event.tries - 1), id],
    );
  }

  /** Keeps an event for later, unless it names nothing that a payment could have. */
  async #wait(em: EntityManager, { id, tries }: StoredEvent, event: { names: boolean }): Promise<null> {
    const isHopeless = !event.names || tries >= tryLimit;
    await em.execute(
      `update payments.payment_events set tries = tries + 1, outcome = 'unknown payment',
         next_try_at = now() + ? * interval '1 millisecond', handled_at = ${isHopeless ? 'now()' : 'null'}
       where id = ? returning id`,
      [backoffMs(tries), id],
    );
    return null;
  }
}

const names = ({ reference, data }: StoredEvent) => Boolean(reference ?? data?.payment_id ?? data?.intent);
