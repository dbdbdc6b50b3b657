import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useArchives } from './test/archives.ts';
import { addOldShow, contentsOf } from './test/old-show.ts';

const archives = useArchives();

/** Gives the lines of a file that was edited their checksum. */
function forged(lines: string[]): string[] {
  const content = lines.slice(0, -1);
  const sha256 = createHash('sha256')
    .update(`${content.join('\n')}\n`)
    .digest('hex');
  return [...content, JSON.stringify({ sha256 })];
}

describe('restoring', () => {
  /** Rewrites the lines of a file. */
  async function edit(show: number, change: (lines: string[]) => string[]): Promise<void> {
    const lines = gunzipSync(await readFile(archives.fileOf(show)))
      .toString()
      .split('\n')
      .slice(0, -1);
    await writeFile(archives.fileOf(show), gzipSync(`${change(lines).join('\n')}\n`));
  }

  it.each<[string, (lines: string[]) => string[], RegExp]>([
    ['edited', (lines) => lines.map((line) => line.replace('"stripe"', '"strips"')), /line \d+: the checksum is wrong/],
    [
      'of another version',
      ([, ...lines]) => ['{"format":"boxoffice-show","version":2}', ...lines],
      /line 1: .*version 2/,
    ],
    ['of another kind', (lines) => lines.slice(1), /line 1: this is not the file of a show/],
    ['cut after a line', (lines) => lines.slice(0, -1), /line \d+: the file ends here, but is not complete/],
    ['too long', (lines) => [...lines, '{}'], /line \d+: the file goes on after its last line/],
    ['without ends of lines', (lines) => [lines[0] as string, 'x'.repeat(3_000_000)], /line 2: .* longer than 1 MB/],
    [
      'forged, with rows of another show and a valid checksum',
      (lines) => forged(lines.map((line) => line.replace(/("show_id":)(\d+)/, '$19$2'))),
      /The rows would not be those of show/,
    ],
    [
      'forged, with a value that its column cannot hold',
      (lines) => forged(lines.map((line) => line.replace('"user_id":1', '"user_id":"x"'))),
      /lines \d+ to \d+: invalid input syntax/,
    ],
    [
      'of a later release',
      ([head = '', ...lines]) => forged([head.replace(/"migration":"[^"]*"/, '"migration":"9999-later"'), ...lines]),
      /line 1: the rows are of another schema \(9999-later\)/,
    ],
    [
      'of another table',
      ([head, ...rest]) => [head as string, '["identity.users",{}]', ...rest],
      /line 2: this is not a row/,
    ],
  ])('refuses a file that is %s, names the line, and changes nothing', async (_, change, error) => {
    const show = await addOldShow(archives.client);
    await archives.archive();
    await edit(show, change);
    expect(await archives.restore()).toMatch(error);
    expect((await contentsOf(archives.client, show)).flat()).toEqual([]);
  });

  it('refuses a truncated file', async () => {
    const show = await addOldShow(archives.client);
    await archives.archive();
    const file = await readFile(archives.fileOf(show));
    await writeFile(archives.fileOf(show), file.subarray(0, -20));
    expect(await archives.restore()).toMatch(/line \d+: the file is damaged or truncated/);
    expect((await contentsOf(archives.client, show)).flat()).toEqual([]);
  });

  it.each([
    [
      'has other rows',
      "insert into booking.seat_claims (show_id, seat_number, booking_id) values ($1, 'Z9', gen_random_uuid())",
    ],
    ['its date_time differs', "update catalog.shows set date_time = '2099-01-01T00:00:00Z' where id = $1"],
    ['its status differs', "update catalog.shows set status = 'cancelled' where id = $1"],
    ['does not exist', 'delete from catalog.shows where id = $1'],
  ])('is refused when the show %s', async (reason, statement) => {
    const show = await addOldShow(archives.client);
    await archives.archive();
    await archives.client.query(statement, [show]);
    const rows = await contentsOf(archives.client, show);
    expect(await archives.restore(archives.fileOf(show))).toMatch(
      new RegExp(`has failed: Show ${show} .*${reason}.*\n.*failed 1`),
    );
    expect(await contentsOf(archives.client, show)).toEqual(rows);
  });

  it('has events handled that came meanwhile', async () => {
    const show = await addOldShow(archives.client);
    const payment = (await archives.client.query('select id from payments.payments where show_id = $1', [show])).rows[0]
      .id;
    await archives.archive();
    await archives.client.query(
      `insert into payments.payment_events (source, provider, event_id, kind, data, handled_at, outcome, tries)
       values ('event', 'stripe', 'evt_meanwhile', 'refunded', json_build_object('payment_id', $1::text), now(), 'unknown payment', 41)`,
      [payment],
    );
    await archives.restore();
    const { rows } = await archives.client.query(
      "select handled_at, tries from payments.payment_events where event_id = 'evt_meanwhile'",
    );
    expect(rows).toEqual([{ handled_at: null, tries: 0 }]);
  });

  it('keeps an event as it was handled if the provider has sent it again', async () => {
    const show = await addOldShow(archives.client);
    const rows = await contentsOf(archives.client, show);
    const { rows: events } = await archives.client.query('select event_id from payments.payment_events');
    await archives.archive();
    for (const { event_id: id } of events)
      await archives.client.query(
        "insert into payments.payment_events (source, provider, event_id, kind) values ('event', 'stripe', $1, 'paid')",
        [id],
      );
    expect(await archives.restore()).toContain('Did 1 show with 17 rows');
    expect(await contentsOf(archives.client, show)).toEqual(rows);
    expect((await archives.client.query('select from payments.payment_events')).rowCount).toBe(events.length);
  });

  it('says when there is nothing to restore', async () => {
    await expect(archives.restore()).rejects.toThrow('There are no archived shows in');
    await expect(archives.restore(join(archives.folder, 'missing'))).rejects.toThrow('cannot be read');
  });
});
