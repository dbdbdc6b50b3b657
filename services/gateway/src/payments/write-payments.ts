import type { EntityManager } from '@boxoffice/shared/database/orm';
import { type PaymentRow, paymentRow } from './payment-row.ts';

/** What executes SQL, perhaps in a transaction. */
export type Connected = Pick<EntityManager, 'execute'>;

/** How soon a payment is looked at again when whoever changed it is gone, in seconds. */
export const watchSeconds = 15;

/** Runs a statement that returns rows of `payments.payments`. */
export async function writePayments(em: Connected, sql: string, parameters: unknown[]): Promise<PaymentRow[]> {
  const rows = (await em.execute<Record<string, unknown>[]>(sql, parameters)) as Record<string, unknown>[];
  return rows.map(paymentRow);
}
