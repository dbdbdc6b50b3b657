import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { PaymentRow } from './payment-row.ts';
import { type Connected, watchSeconds, writePayments } from './write-payments.ts';

/** What administrators change about payments; each change has an audit line, in the same transaction. */
export class PaymentCorrections {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Records that an administrator wants the money to be given back, with an audit line. Returns null for none to give. */
  requestRefund(
    id: string,
    { actorId, requestId, reason }: { actorId: number; requestId: string; reason: string },
  ): Promise<PaymentRow | null> {
    return this.#orm.em.fork().transactional(async (em) => {
      const [row] = await writePayments(
        em,
        `update payments.payments set refund_reason = ?, refund_requested_by = ?, refund_requested_at = now(),
           next_step_at = now() + ${watchSeconds} * interval '1 second', tries = 0 where id = ? and status in ('authorized', 'captured')
           and refund_requested_at is null returning *`,
        [reason, actorId, id],
      );
      if (!row) return null;
      const { booking_id, status, amount, currency } = row;
      const before = { booking_id, status, amount, currency };
      await addAuditLine(em, { id, actorId, requestId, action: 'refund', before, after: { refund_reason: reason } });
      return row;
    });
  }

  /** Records that a payment needs no attention any more, with an audit line. Returns null if it needs other attention. */
  resolve(
    { id, attention }: Pick<PaymentRow, 'id' | 'attention'>,
    { actorId, requestId, reason }: { actorId: number; requestId: string; reason: string },
  ): Promise<PaymentRow | null> {
    return this.#orm.em.fork().transactional(async (em) => {
      const sql = 'update payments.payments set attention = null where id = ? and attention = ? returning *';
      const [row] = await writePayments(em, sql, [id, attention]);
      if (!row) return null;
      const after = { attention: null, reason };
      await addAuditLine(em, { id, actorId, requestId, action: 'change', before: { attention }, after });
      return row;
    });
  }
}

interface AuditLine {
  /** The payment. */
  id: string;
  actorId: number;
  requestId: string;
  action: 'refund' | 'change';
  before: object;
  after: object;
}

async function addAuditLine(
  em: Connected,
  { id, actorId, requestId, action, before, after }: AuditLine,
): Promise<void> {
  await em.execute(
    `insert into payments.audit_lines (actor_id, request_id, action, subject, subject_id, before, after)
     values (?, ?, ?, 'payment', ?, ?::jsonb, ?::jsonb)`,
    [actorId, requestId, action, id, JSON.stringify(before), JSON.stringify(after)],
  );
}
