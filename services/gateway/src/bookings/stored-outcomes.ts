import { readBookingId } from '@boxoffice/shared/booking-id';
import { asLeftBy, type BookingColumns, bookingView, type JobView } from '@boxoffice/shared/contracts/booking';
import type { Outcome, RequestKey } from '@boxoffice/shared/contracts/jobs';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { readDatabase } from './database-read.ts';

/** A decided request. */
export interface StoredOutcome {
  kind: JobView['kind'];
  userId: number;
  outcome: Outcome;
}

/** Reads outcomes of requests; only the booking-worker writes them. */
export class StoredOutcomes {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /**
   * Finds the outcomes of those of these requests that are decided, by id.
   *
   * @throws {ProblemError} database_unavailable
   */
  async findMany(ids: readonly string[]): Promise<Map<string, StoredOutcome>> {
    const asked = ids.flatMap((id) => ({ show_id: readBookingId(id)?.showId, id })).filter((one) => one.show_id);
    if (asked.length === 0) return new Map();
    const rows = await this.#read<Row>(findSql, [JSON.stringify(asked)]);
    return new Map(rows.map((row) => [row.id, storedOutcome(row)]));
  }

  /**
   * Finds the decided request that an Idempotency-Key belongs to.
   *
   * @throws {ProblemError} database_unavailable
   */
  async findKeyOwner(
    showId: number,
    userId: number,
    { hash }: Pick<RequestKey, 'hash'>,
  ): Promise<{ id: string; fingerprint: string; ageMs: number } | null> {
    const keyHash = Buffer.from(hash, 'base64url').toString('hex');
    const [row] = await this.#read<{ id: string; fingerprint: string }>(findKeySql, [showId, userId, keyHash]);
    const fingerprint = row && Buffer.from(row.fingerprint, 'hex').toString('base64url');
    return row && fingerprint ? { id: row.id, fingerprint, ageMs: Number.POSITIVE_INFINITY } : null;
  }

  #read<Result>(sql: string, parameters: unknown[]): Promise<Result[]> {
    return readDatabase(() => this.#orm.em.getConnection().execute<Result[]>(sql, parameters));
  }
}

const findKeySql = `
  select id, encode(fingerprint, 'hex') as fingerprint from booking.requests
  where show_id = ? and user_id = ? and key_hash = decode(?, 'hex') limit 1`;

/**
 * A recorded outcome lasts for a day; the booking that a request made or cancelled records its outcome permanently.
 * Row by row (`lateral … limit 1`), so that each row is found by its key.
 */
const findSql = `
  select asked.id,
    coalesce(request.kind, case when booking.id <> asked.id then 'cancel'
      when booking.expires_at is null then 'book' else 'hold' end) as kind,
    coalesce(request.user_id, booking.user_id) as user_id, coalesce(request.status, 'succeeded') as status,
    request.problem, to_jsonb(booking) as booking
  from json_to_recordset(?::json) as asked (show_id int, id uuid)
    left join lateral (select * from booking.requests
      where requests.show_id = asked.show_id and requests.id = asked.id limit 1) as request on true
    left join lateral (
      (select * from booking.bookings where bookings.show_id = asked.show_id
        and bookings.id = coalesce(request.booking_id, asked.id) limit 1)
      union all
      (select * from booking.bookings where request.id is null and bookings.show_id = asked.show_id
        and bookings.cancelled_by = asked.id limit 1)
      limit 1) as booking on true
  where request.id is not null or booking.id is not null`;

interface Row {
  id: string;
  kind: JobView['kind'];
  user_id: number;
  status: Outcome['status'];
  problem: Problem | null;
  booking: {
    id: string;
    show_id: number;
    seats: string[];
    status: BookingColumns['status'];
    created_at: string;
    cancelled_at: string | null;
    cancel_reason: string | null;
    expires_at: string | null;
    items: BookingColumns['items'];
    total: number | null;
    currency: string | null;
    code: string | null;
    paid_at: string | null;
  } | null;
}

function storedOutcome({ id, kind, user_id: userId, status, problem, booking }: Row): StoredOutcome {
  if (status !== 'succeeded' && problem) return { kind, userId, outcome: { id, status, problem } };
  if (!booking) throw new Error(`the booking of request ${id} is missing`);
  // As this request left it, because an outcome never changes: a later request may have changed the booking.
  const view = bookingView(asLeftBy(kind, bookingColumns(booking)));
  return { kind, userId, outcome: { id, status: 'succeeded', booking: view } };
}

function bookingColumns(row: NonNullable<Row['booking']>): BookingColumns {
  const dateOrNull = (text: string | null) => (text === null ? null : new Date(text));
  return {
    id: row.id,
    showId: row.show_id,
    seats: row.seats,
    status: row.status,
    createdAt: new Date(row.created_at),
    cancelledAt: dateOrNull(row.cancelled_at),
    cancelReason: row.cancel_reason,
    expiresAt: dateOrNull(row.expires_at),
    items: row.items,
    total: row.total,
    currency: row.currency,
    code: row.code,
    paidAt: dateOrNull(row.paid_at),
  };
}
