import { once } from 'node:events';
import { PrimaryClient, type PrimaryClientConfig } from './primary-client.ts';

/**
 * A connection that closes when a statement has had no response in time: pg would keep that statement at the head of
 * the connection, which may be half-open, and every later user would time out behind it.
 */
export class ImpatientClient extends PrimaryClient {
  constructor(config?: PrimaryClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...parameters: unknown[]) => unknown;
    const closing = (...parameters: unknown[]) => {
      const result = query(...parameters);
      if (!(result instanceof Promise)) return result;
      return result.catch(async (error: Error) => {
        if (error.message === 'Query read timeout') await this.#close();
        throw error;
      });
    };
    this.query = closing as typeof this.query;
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
