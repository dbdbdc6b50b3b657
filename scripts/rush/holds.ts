import { setTimeout as delay } from 'node:timers/promises';
import { withDatabase } from '../database.ts';
import type { Buyer } from './buyers.ts';
import type { OnProgress } from './progress.ts';

/** A hold is marked as expired this long after its end at the latest, in milliseconds. */
const expiredWithinMs = 2_000;
const pauseMs = 200;

/**
 * Waits until the holds of these buyers have ended. Gives up when one is left too long after its end; the verdict
 * reports it.
 */
export async function waitForHolds(
  databaseUrl: string,
  show: number,
  buyers: readonly Buyer[],
  onProgress: OnProgress,
): Promise<void> {
  const ids = JSON.stringify(buyers.map(({ id }) => id));
  let most = 0;
  await withDatabase(databaseUrl, async (em) => {
    for (;;) {
      const [{ held, left_ms }] = await em.execute<[{ held: number; left_ms: number | null }]>(heldSql, [show, ids]);
      most = Math.max(most, held);
      if (most > 0) onProgress('waiting for holds to end', most - held, most);
      if (held === 0 || (left_ms ?? 0) < -expiredWithinMs) return;
      await delay(pauseMs);
    }
  });
}

/** How many holds are left, and the time until the last of them ends. */
const heldSql = `
  select count(*)::int as held, (extract(epoch from max(expires_at) - clock_timestamp()) * 1000)::float8 as left_ms
  from booking.bookings
  where status = 'held' and show_id = ? and user_id in (select value::int from json_array_elements_text(?::json))`;
