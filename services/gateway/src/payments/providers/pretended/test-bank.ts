import { randomBytes } from 'node:crypto';
import type { MikroORM } from '@boxoffice/shared/database/orm';

export type TestStatus = 'open' | 'paying' | 'authorized' | 'captured' | 'voided' | 'refunded' | 'failed';

/** A checkout as the test provider knows it. */
export interface TestCheckoutRow {
  reference: string;
  payment_id: string;
  amount: number;
  currency: string;
  status: TestStatus;
  return_url: string;
  pays_at: string | null;
}

/** A buyer who pays late has paid this long after the end of the hold, in seconds. */
const lateSeconds = 1;
/** How long a checkout stays open. */
const openMinutes = 35;

/** The book of the test provider, kept as a real one's is: beyond any restart. No money is in it. */
export class TestBank {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Opens a checkout for a payment: the same one each time. */
  async open(order: {
    paymentId: string;
    amount: number;
    currency: string;
    returnUrl: string;
    holdEndsAt: Date;
  }): Promise<TestCheckoutRow> {
    const reference = `test_${randomBytes(18).toString('base64url')}`;
    const [row] = await this.#rows(
      `insert into payments.test_checkouts (reference, payment_id, amount, currency, return_url, hold_ends_at)
       values (?, ?, ?, ?, ?, ?) on conflict (payment_id) do update set return_url = excluded.return_url returning *`,
      [reference, order.paymentId, order.amount, order.currency, order.returnUrl, order.holdEndsAt.toISOString()],
    );
    return row as TestCheckoutRow;
  }

  async find(reference: string): Promise<TestCheckoutRow | null> {
    const [row] = await this.#rows('select * from payments.test_checkouts where reference = ?', [reference]);
    return row ?? null;
  }

  /** Ends a checkout that has been open for too long. */
  async expire(reference: string): Promise<void> {
    await this.#rows(
      `update payments.test_checkouts set status = 'failed'
       where reference = ? and status = 'open' and created_at < now() - interval '${openMinutes} minutes' returning *`,
      [reference],
    );
  }

  /** Changes a checkout that is in one of these states; null when it is in another. */
  async change(reference: string, to: TestStatus, from: readonly TestStatus[]): Promise<TestCheckoutRow | null> {
    const [row] = await this.#rows(
      `update payments.test_checkouts set status = ? where reference = ? and status = any(string_to_array(?, ',')) returning *`,
      [to, reference, from.join()],
    );
    return row ?? null;
  }

  /** Lets the buyer pay once the hold is over. */
  async payLate(reference: string): Promise<void> {
    await this.#rows(
      `update payments.test_checkouts set status = 'paying',
         pays_at = greatest(hold_ends_at, now()) + ? * interval '1 second'
       where reference = ? and status = 'open' returning *`,
      [lateSeconds, reference],
    );
  }

  /** Takes the payments of late buyers whose time has come. */
  payLatecomers(): Promise<TestCheckoutRow[]> {
    return this.#rows(
      `update payments.test_checkouts set status = 'authorized' where status = 'paying' and pays_at <= now() returning *`,
    );
  }

  async #rows(sql: string, parameters: unknown[] = []): Promise<TestCheckoutRow[]> {
    const rows = await this.#orm.em.getConnection().execute<TestCheckoutRow[]>(sql, parameters);
    return rows.map((row) => ({ ...row, amount: Number(row.amount) }));
  }
}
