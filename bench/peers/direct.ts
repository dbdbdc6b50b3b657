/** The peer without locks: one statement per booking, decided by a unique index. */
import { type BookedRow, runPeer } from './peer.ts';

await runPeer('direct', async (pool, { showId, userId, seat }) => {
  const { rows } = await pool.query<BookedRow>({
    name: 'book',
    text: `insert into bookings (show_id, user_id, seat_number) values ($1, $2, $3)
      on conflict do nothing returning id, created_at`,
    values: [showId, userId, seat],
  });
  return rows[0] ?? null;
});
