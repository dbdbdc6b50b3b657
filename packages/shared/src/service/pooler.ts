import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { connectTo } from '../database/database-hosts.ts';
import { PrimaryClient } from '../database/primary-client.ts';
import { ConfigError } from './config.ts';

const retryMs = 500;
/** A setting that has no effect during this check, and that is stored with no role. */
const probe = { name: 'idle_session_timeout', value: '47s' };

/**
 * Waits until the database responds, and checks that nothing is between us and it, or only a pooler that the service can use.
 *
 * @param options.url the URL with which the service logs in
 * @param options.variable the variable that holds the URL
 * @param options.needsSession whether the service needs a session of its own for as long as its connection lives. A pooler
 *   is then refused even in session mode, because that cannot be told from transaction mode
 * @throws {ConfigError} that says what to change
 */
export async function checkPooler(options: { url: string; variable: string; needsSession: boolean }): Promise<void> {
  const { url, variable, needsSession } = options;
  for (;;) {
    const connection = await tryConnection(url);
    if (connection === 'direct' || (connection === 'pooled' && !needsSession)) return;
    if (connection !== 'none')
      throw new ConfigError(
        needsSession
          ? `${variable} leads to a connection pooler, which loses the locks that a session holds: name PostgreSQL itself.`
          : `${variable} leads to a PgBouncer that refuses settings: set its ignore_startup_parameters to "options".`,
      );
    await delay(retryMs);
  }
}

/** PgBouncer either refuses the settings that a connection asks for, or ignores them. */
async function tryConnection(url: string): Promise<'none' | 'direct' | 'pooled' | 'refused'> {
  const client = new PrimaryClient({
    ...connectTo(url),
    ...{ connectionTimeoutMillis: 1_000, query_timeout: 1_000, options: `-c ${probe.name}=${probe.value}` },
  });
  client.on('error', () => undefined); // the connection ends
  try {
    await client.connect();
    return (await settingOf(client)) === probe.value ? 'direct' : 'pooled';
  } catch (error) {
    return /unsupported startup parameter/.test((error as Error).message) ? 'refused' : 'none';
  } finally {
    client.connection.stream.destroy();
  }
}

async function settingOf(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [probe.name]);
  return rows[0]?.value;
}
