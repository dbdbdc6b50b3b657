import type { OutboxEntry } from '@boxoffice/shared/outbox/kinds';
import { outboxVersion } from '@boxoffice/shared/outbox/outbox-kind';
import type { PoolClient } from 'pg';

/** A row of the outbox. */
export interface OutboxRow {
  showId: number;
  id: string;
  kind: string;
  data: object;
}

/** Adds rows in this order. They record this release's version, because a worker of another release may relay them. */
export async function insertOutbox(client: PoolClient, entries: readonly OutboxEntry[]): Promise<void> {
  const rows = entries.map(({ showId, kind, data }, place) => {
    return { show_id: showId, kind, data: { version: outboxVersion, ...data }, place };
  });
  await client.query({ name: 'outbox', text: insertSql, values: [JSON.stringify(rows)] });
}

const insertSql = `
  insert into booking.outbox (show_id, kind, data)
  select show_id, kind, data from json_to_recordset($1::json) as entry (show_id int, kind text, data jsonb, place int)
  order by place`;

export interface OutboxQuery {
  /** Reads the rows of these partitions, given the total number of partitions. */
  partitions: readonly number[];
  partitionCount: number;
  kinds: readonly string[];
  limit: number;
}

/** The oldest rows of these partitions and kinds, in order. Takes no locks. */
export async function readOutbox(
  client: PoolClient,
  { partitions, partitionCount, kinds, limit }: OutboxQuery,
): Promise<OutboxRow[]> {
  const { rows } = await client.query<{ show_id: number; id: string; kind: string; data: object }>(
    `select show_id, id, kind, data from booking.outbox
     where show_id % $2::int = any($1::int[]) and kind = any($3::text[]) order by seq limit $4`,
    [[...partitions], partitionCount, [...kinds], limit],
  );
  return rows.map(({ show_id: showId, ...row }) => ({ showId, ...row }));
}

export async function deleteFromOutbox(client: PoolClient, rows: readonly OutboxRow[]): Promise<void> {
  const keys = rows.map(({ showId, id }) => ({ show_id: showId, id }));
  await client.query(
    `delete from booking.outbox using json_to_recordset($1::json) as relayed (show_id int, id uuid)
     where outbox.show_id = relayed.show_id and outbox.id = relayed.id`,
    [JSON.stringify(keys)],
  );
}
