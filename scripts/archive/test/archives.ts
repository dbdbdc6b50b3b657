import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { archiveShows } from '../archive-shows.ts';
import { withArchiveLock } from '../database.ts';
import { restoreShows } from '../restore-shows.ts';
import type { Tally } from '../tally.ts';

/** A database for one test file, and a folder for each test. */
class Archives {
  client!: pg.Client;
  folder = '';
  #database!: TestDatabase;

  get url(): string {
    return this.#database.url;
  }

  async open(): Promise<void> {
    this.#database = await createTestDatabase();
    this.client = new pg.Client({ connectionString: this.url });
    await this.client.connect();
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.#database.drop();
  }

  async empty(): Promise<void> {
    await this.client.query(
      'truncate catalog.movies, catalog.shows, booking.bookings, booking.seat_claims, booking.requests, booking.outbox, ' +
        'booking.payment_verdicts, payments.payments, payments.payment_events cascade',
    );
  }

  fileOf(show: number): string {
    return join(this.folder, `show-${show}.jsonl.gz`);
  }

  /** Archives shows that ended before 2026. Returns the output. */
  archive(folder = this.folder): Promise<string> {
    return this.#run((client, say) => archiveShows({ client, before: '2026-01-01', folder, say }));
  }

  restore(path = this.folder): Promise<string> {
    return this.#run((client, say) => restoreShows({ client, path, say }));
  }

  async #run(work: (client: pg.Client, say: (line: string) => void) => Promise<Tally>): Promise<string> {
    const lines: string[] = [];
    const tally = await withArchiveLock(this.url, (client) => work(client, (line) => lines.push(line)));
    return [...lines, tally.summary('Did')].join('\n');
  }
}

export function useArchives(): Archives {
  const archives = new Archives();
  beforeAll(() => archives.open());
  afterAll(() => archives.close());
  beforeEach(async () => {
    archives.folder = await mkdtemp(join(tmpdir(), 'archive-'));
    await archives.empty();
  });
  afterEach(() => rm(archives.folder, { recursive: true, force: true }));
  return archives;
}
