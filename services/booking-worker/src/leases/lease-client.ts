import { PrimaryClient, type PrimaryClientConfig } from '@boxoffice/shared/database/primary-client';

/** A connection that can be closed at any moment, in the middle of a handshake too. */
export class LeaseClient extends PrimaryClient {
  /** Rejects when the connection has ended. */
  readonly lost: Promise<never>;

  constructor(config: PrimaryClientConfig) {
    super(config);
    this.lost = new Promise((_, reject) => this.once('end', () => reject(new Error('connection ended'))));
    this.lost.catch(() => undefined);
    this.on('error', () => undefined); // the next query rejects and says why
  }

  /**
   * Closes the socket without the protocol's termination message: PostgreSQL ends the session and releases its locks all the
   * same. A graceful `end()` waits for the server, and during a handshake `connect()` would never settle.
   */
  destroy(): void {
    this.connection.stream.destroy();
  }
}
