import pg from 'pg';

/**
 * A connection that returns itself to its pool when a transaction on it can be neither begun nor rolled
 * back. Kysely leaks such a connection (kysely issue 1990), and a pool that has lost all of its
 * connections never recovers.
 */
export class ReturningClient extends pg.Client {
  /** Set by the pool while the connection is checked out. */
  declare release: (error: Error) => void;

  constructor(config?: pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...parameters: unknown[]) => unknown;
    const returning = (...parameters: unknown[]) => {
      const result = query(...parameters);
      if (parameters[0] !== 'begin' && parameters[0] !== 'rollback') return result;
      return (result as Promise<unknown>).catch((error: Error) => {
        this.release(error);
        throw error;
      });
    };
    this.query = returning as typeof this.query;
  }
}
