import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '@boxoffice/local-servers/free-port';
import { WeatherFile } from '../provider/weather.ts';
import { FakeClock } from './clock.ts';
import { claimFolder } from './left-over.ts';
import { Link } from './link.ts';
import { migrateTree } from './migrate-tree.ts';
import { onExit } from './on-exit.ts';
import type { RedisKind } from './replicated-redis.ts';
import { type Servers, startServers } from './servers.ts';
import { ServiceProcess } from './service-process.ts';
import { Tokens } from './tokens.ts';

export interface WorldOptions {
  /** The tree whose code runs. */
  root: string;
  /** Folder of this campaign alone. */
  folder: string;
  /** Where a Redis is that had to be fetched. */
  binDir: string;
  redis: RedisKind;
  /** For every service. */
  env?: Record<string, string>;
  /** Fixes what the payment provider does. */
  seed: number;
}

const secret = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;

export const gatewayCount = 2;
/** Workers that can run; `startedWorkers` of them do unless a fault scales them. */
export const workerCount = 4;
export const startedWorkers = 3;

/** Everything that runs: each process, and each wire between two of them. */
export class World {
  readonly folder: string;
  readonly servers: Servers;
  readonly tokens: Tokens;
  readonly gateways: ServiceProcess[] = [];
  readonly workers: ServiceProcess[] = [];
  readonly clocks = new Map<string, FakeClock>();
  readonly links = new Map<string, Link>();
  /** Where clients find each gateway: at the near end of a wire. */
  readonly urls: string[] = [];
  catalog!: ServiceProcess;
  /** The payment provider: a process of its own, which is not the product's. */
  provider!: ServiceProcess;
  readonly weather: WeatherFile;
  /** What the provider writes down, and where clients find its checkouts. */
  readonly providerBook: string;
  providerUrl = '';
  readonly #stripe = { STRIPE_SECRET_KEY: secret('sk_test'), STRIPE_WEBHOOK_SECRET: secret('whsec') };
  readonly #options: WorldOptions;
  readonly #env: Record<string, string>;
  #forget: () => void = () => undefined;

  private constructor(options: WorldOptions, servers: Servers) {
    const { privateKey } = generateKeyPairSync('ed25519');
    this.folder = options.folder;
    this.servers = servers;
    this.tokens = new Tokens(privateKey);
    this.#options = options;
    this.weather = new WeatherFile(join(options.folder, 'provider.weather'));
    this.providerBook = join(options.folder, 'provider.book');
    this.#env = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      METRICS_PORT: '0',
      DATA_DIR: options.folder,
      NODE_COMPILE_CACHE: join(options.folder, 'compile-cache'),
      JWT_PRIVATE_KEY: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      EVENT_STREAM_LIMIT_PER_ADDRESS: '2000',
      BOOKING_LIMIT_PER_MINUTE: '1000000',
      UNDECIDED_LIMIT_PER_USER: '1000000',
      PAYMENT_PROVIDER: 'stripe',
      ...(servers.isReplicated && { REDIS_REPLICA_ACKS: '1' }),
      ...options.env,
    };
  }

  /** Starts everything on an empty, migrated database. */
  static async start(options: WorldOptions): Promise<World> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    claimFolder(options.folder);
    const servers = await startServers(resolve(options.folder), options.binDir, options.redis);
    const world = new World(options, servers);
    world.#forget = onExit(() => {
      for (const service of world.services) service.signal('SIGKILL');
    });
    await migrateTree(options.root, servers.postgres.url);
    await world.#addCatalog();
    const providerPort = await freePort();
    for (let number = 1; number <= gatewayCount; number++) await world.#addGateway(number, providerPort);
    await world.#addProvider(providerPort);
    for (let number = 1; number <= workerCount; number++) await world.#addWorker(number);
    await Promise.all(world.#running.map((service) => service.start()));
    return world;
  }

  get services(): ServiceProcess[] {
    const others = [this.catalog, this.provider].filter((service) => service !== undefined);
    return [...others, ...this.gateways, ...this.workers];
  }

  /** Ends everything; removes the data unless it is to be kept. */
  async stop({ keep }: { keep: boolean }): Promise<void> {
    await Promise.all(this.services.map((service) => service.kill()));
    for (const link of this.links.values()) link.close();
    await this.servers.stop();
    this.#forget();
    const waste = keep
      ? ['postgres', 'redis', 'compile-cache', 'owner'].map((name) => join(this.folder, name))
      : [this.folder];
    for (const path of waste) rmSync(path, { recursive: true, force: true });
  }

  get #running(): ServiceProcess[] {
    return [this.catalog, this.provider, ...this.gateways, ...this.workers.slice(0, startedWorkers)];
  }

  async #addCatalog(): Promise<void> {
    const port = await freePort();
    const name = 'catalog';
    this.catalog = this.#service(name, name, port, {
      CATALOG_PORT: String(port),
      DATABASE_URL: await this.#wireUrl(name, 'postgres'),
      REDIS_URL: await this.#wireUrl(name, 'redis'),
    });
  }

  async #addGateway(number: number, providerPort: number): Promise<void> {
    const port = await freePort();
    const name = `gateway-${number}`;
    const catalog = await this.#wire(name, 'catalog', this.catalog.recipe.port);
    const provider = await this.#wire(name, 'provider', providerPort);
    this.gateways.push(
      this.#service(name, 'gateway', port, {
        PORT: String(port),
        CATALOG_URL: `http://127.0.0.1:${catalog.port}`,
        STRIPE_API_URL: `http://127.0.0.1:${provider.port}`,
        ...this.#stripe,
        DATABASE_URL: await this.#wireUrl(name, 'postgres'),
        REDIS_URL: await this.#wireUrl(name, 'redis'),
      }),
    );
    const front = await this.#wire('clients', name, port);
    this.urls.push(`http://127.0.0.1:${front.port}`);
  }

  async #addWorker(number: number): Promise<void> {
    const port = await freePort();
    const name = `worker-${number}`;
    this.workers.push(
      this.#service(name, 'booking-worker', port, {
        WORKER_PORT: String(port),
        DATABASE_URL: await this.#wireUrl(name, 'postgres'),
        REDIS_URL: await this.#wireUrl(name, 'redis'),
      }),
    );
  }

  async #addProvider(port: number): Promise<void> {
    const name = 'provider';
    const wires = await Promise.all(
      this.gateways.map((gateway) => this.#wire(name, gateway.name, gateway.recipe.port)),
    );
    this.providerUrl = `http://127.0.0.1:${port}`;
    this.provider = new ServiceProcess({
      ...{ name, port, folder: this.folder, script: join(import.meta.dirname, '../provider/server.ts') },
      env: {
        PROVIDER_PORT: String(port),
        PROVIDER_BOOK: resolve(this.providerBook),
        PROVIDER_WEATHER: resolve(this.weather.path),
        PROVIDER_SEED: String(this.#options.seed),
        PROVIDER_GATEWAYS: wires.map((wire) => `http://127.0.0.1:${wire.port}`).join(),
        ...this.#stripe,
      },
    });
  }

  #service(
    name: string,
    service: 'gateway' | 'catalog' | 'booking-worker',
    port: number,
    env: Record<string, string>,
  ): ServiceProcess {
    const clock = new FakeClock(this.folder, name);
    this.clocks.set(name, clock);
    return new ServiceProcess({
      name,
      script: join(this.#options.root, 'services', service, 'src/server.ts'),
      folder: this.folder,
      port,
      env: { ...this.#env, ...clock.env, ...env },
    });
  }

  /** A server's URL by way of a wire of this service's own. */
  async #wireUrl(service: string, server: 'postgres' | 'redis'): Promise<string> {
    if (server === 'redis' && this.servers.isReplicated) return this.servers.redis.url;
    const { port } = await this.#wire(service, server, this.servers[server].port);
    const url = new URL(this.servers[server].url);
    url.port = String(port);
    return url.href;
  }

  async #wire(from: string, to: string, target: number): Promise<Link> {
    const link = new Link({ name: `${from} → ${to}`, port: await freePort(), target });
    await link.open();
    this.links.set(link.name, link);
    return link;
  }
}
