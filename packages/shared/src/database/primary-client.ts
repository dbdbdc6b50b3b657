import pg from 'pg';

export interface PrimaryClientConfig extends pg.ClientConfig {
  /** The servers, as host:port, one of which is the primary. Default: only the one in the connection string. */
  hosts?: string[];
}

const probeTimeoutMs = 1_000;
/**
 * The searches in progress, by list of servers: connections opened at the same time share one. Results are not cached,
 * because connecting to a server that has died since would fail even though there is a primary.
 */
const searches = new Map<string, Promise<string>>();

/**
 * A client that connects to whichever of several servers is the primary, as libpq does for
 * `target_session_attrs=read-write`. With one server it is an ordinary client.
 */
export class PrimaryClient extends pg.Client {
  /** Missing from pg's types. */
  declare connection: pg.Connection;
  /** Whether `end` has been called. Missing from pg's types, too. */
  declare readonly _ending: boolean;
  readonly #hosts: string[];

  constructor(config: PrimaryClientConfig = {}) {
    super(config);
    this.#hosts = config.hosts ?? [];
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
    // pg calls back synchronously, so that a pool listens for errors before any can be emitted.
    if (this.#hosts.length < 2) {
      if (!callback) return super.connect();
      super.connect(callback);
      return undefined;
    }
    this.on('error', () => undefined); // until the caller listens; the client's next query fails
    const connecting = this.#connectToPrimary();
    if (!callback) return connecting;
    connecting.then(() => (callback as () => void)(), callback);
    return undefined;
  }

  async #connectToPrimary(): Promise<pg.Client> {
    setHost(this, await this.#sharedSearch());
    // Closed or ended during the search: connecting would open it again, and nobody would close it.
    if (this.connection.stream.destroyed || this._ending) throw new Error('Connection terminated');
    const standby = isStandby(this);
    await super.connect();
    if (!standby()) return this;
    this.connection.stream.destroy();
    throw unavailable('the server that was the primary is a standby now');
  }

  #sharedSearch(): Promise<string> {
    const key = `${this.user} ${this.database} ${this.#hosts}`;
    const search = searches.get(key) ?? this.#search().finally(() => searches.delete(key));
    searches.set(key, search);
    return search;
  }

  /**
   * The first server that says it is not a standby.
   *
   * @throws an error that says why each server was passed over, with the code of a refused login if there was one
   */
  async #search(): Promise<string> {
    try {
      return await Promise.any(this.#hosts.map((host) => this.#probe(host)));
    } catch (cause) {
      const reasons: (Error & { code?: string })[] = (cause as AggregateError).errors; // in the order of the servers
      const refused = reasons.find(({ code }) => code?.startsWith('28'));
      const because = reasons.map(({ message, code }, index) => `${this.#hosts[index]}: ${message || code}`).join('; ');
      throw unavailable(`none of ${this.#hosts} is a primary (${because})`, { code: refused?.code, cause });
    }
  }

  async #probe(host: string): Promise<string> {
    const { user, password, database, ssl } = this;
    const probe = new PrimaryClient({
      ...{ user, password, database, ssl, connectionTimeoutMillis: probeTimeoutMs },
    } as PrimaryClientConfig);
    setHost(probe, host);
    probe.on('error', () => undefined);
    const standby = isStandby(probe);
    try {
      await probe.connect();
      if (standby()) throw unavailable('it is a standby');
      return host;
    } finally {
      probe.connection.stream.destroy();
    }
  }
}

function setHost(client: pg.Client, hostAndPort: string): void {
  const { hostname, port } = new URL(`postgres://${hostAndPort}`);
  Object.assign(client, { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 5432) });
}

/** PostgreSQL reports at every login whether it is a standby. */
function isStandby(client: PrimaryClient): () => boolean {
  let standby = false;
  client.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    if (parameterName === 'in_hot_standby') standby = parameterValue === 'on';
  });
  return () => standby;
}

/** By default with the code with which PostgreSQL refuses connections temporarily. */
const unavailable = (message: string, { code = '57P03', cause }: { code?: string | undefined; cause?: unknown } = {}) =>
  Object.assign(new Error(`PostgreSQL: ${message}`, { cause }), { code });
