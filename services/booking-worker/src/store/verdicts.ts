import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import type { PoolClient } from 'pg';
import type { VerdictRow } from '../decide/state.ts';

/** Reads what was decided about the payments that requests carry. Asks the database only if there are any. */
export async function readVerdicts(client: PoolClient, requests: readonly BookingRequest[]): Promise<VerdictRow[]> {
  const asked = requests.flatMap((request) =>
    request.kind === 'confirm' && request.payment ? [{ show_id: request.show_id, payment_id: request.payment.id }] : [],
  );
  if (asked.length === 0) return [];
  const { rows } = await client.query<StoredVerdict>({
    name: 'read verdicts',
    text: readSql,
    values: [JSON.stringify(asked)],
  });
  return rows.map((row) => ({
    showId: row.show_id,
    paymentId: row.payment_id,
    bookingId: row.booking_id,
    problem: row.problem,
  }));
}

interface StoredVerdict {
  show_id: number;
  payment_id: string;
  booking_id: string;
  problem: Problem | null;
}

/** Row by row, so that each is found by its key. */
const readSql = `
  select found.* from json_to_recordset($1::json) as asked (show_id int, payment_id uuid)
  cross join lateral (select show_id, payment_id, booking_id, problem from booking.payment_verdicts
    where payment_verdicts.show_id = asked.show_id and payment_verdicts.payment_id = asked.payment_id limit 1) as found`;

export async function insertVerdicts(client: PoolClient, verdicts: readonly VerdictRow[], now: Date): Promise<void> {
  const rows = verdicts.map((verdict) => ({
    show_id: verdict.showId,
    payment_id: verdict.paymentId,
    booking_id: verdict.bookingId,
    problem: verdict.problem,
  }));
  await client.query({ name: 'decide about payments', text: insertSql, values: [JSON.stringify(rows), now] });
}

const insertSql = `
  insert into booking.payment_verdicts (show_id, payment_id, booking_id, accepted, problem, decided_at)
  select show_id, payment_id, booking_id, problem is null, problem, $2::timestamptz
  from json_to_recordset($1::json) as verdict (show_id int, payment_id uuid, booking_id uuid, problem jsonb)`;
