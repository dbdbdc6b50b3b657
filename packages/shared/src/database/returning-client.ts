import { once } from 'node:events';
import { PrimaryClient, type PrimaryClientConfig } from './primary-client.ts';

/**
 * A connection that returns to its pool only what others can use.
 *
 * When a transaction on it can be neither begun nor rolled back, it returns itself: Kysely leaks such a connection
 * (kysely issue 1990), and a pool that has lost all of its connections never recovers. When a statement has had no
 * response in time, it closes: pg would keep that statement at the head of the connection, which may be half-open,
 * and every later user would time out behind it.
 */
export class ReturningClient extends PrimaryClient {
  /** Set by the pool while the connection is checked out. */
  declare release: (error: Error) => void;

  constructor(config?: PrimaryClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...parameters: unknown[]) => unknown;
    const returning = (...parameters: unknown[]) => {
      const result = query(...parameters);
      if (!(result instanceof Promise)) return result;
      return result.catch(async (error: Error) => {
        if (error.message === 'Query read timeout') await this.#close();
        if (parameters[0] === 'begin' || parameters[0] === 'rollback') this.release(error);
        throw error;
      });
    };
    this.query = returning as typeof this.query;
  }

  /** Closes without a goodbye, to which the other end may never respond. */
  async #close(): Promise<void> {
    const { stream } = this.connection;
    if (stream.closed) return;
    const closed = once(stream, 'close');
    stream.destroy();
    await closed; // the pool only discards a connection that it knows to be closed
  }
}
