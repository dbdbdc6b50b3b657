import { setTimeout as delay } from 'node:timers/promises';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { type Config, loadConfig } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import { createLogger } from '@boxoffice/shared/service/logging';
import {
  openImpatientRedis,
  openPatientRedis,
  openSubscriber,
  type RedisClient,
} from '@boxoffice/shared/service/redis';
import { createTestDatabase } from '@boxoffice/testing/database';
import { testSecret } from '@boxoffice/testing/internal-secret';
import { createTestRedis } from '@boxoffice/testing/redis';
import { Redis } from 'ioredis';
import { buildGateway } from '../src/app.ts';
import { CatalogConnection } from '../src/catalog/index.ts';
import { loadSigningKeys, type SigningKeys } from '../src/identity/index.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface Call {
  body?: object;
  /** Access token. */
  token?: string;
  /** Address that the request comes from. */
  ip?: string;
  headers?: Record<string, string>;
}

export interface Response<Body> {
  status: number;
  headers: Record<string, unknown>;
  body: Body;
}

/** The whole gateway in this process, on a database and a Redis of its own. */
export interface StartedGateway {
  http: Http;
  config: Config;
  keys: SigningKeys;
  orm: MikroORM;
  redis: RedisClient;
  databaseUrl: string;
  call<Body>(method: Method, path: string, call?: Call): Promise<Response<Body>>;
  /** An access token as the gateway issues it at a login. */
  token(userId: number, role?: 'user' | 'admin'): string;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** Further environment variables. */
  env?: Record<string, string>;
  databaseUrl?: string;
  redisUrl?: string;
  /** By default, a URL where nothing listens. */
  catalogUrl?: string;
  /** Whether it receives messages from other processes; without them nothing is cached. True by default. */
  subscribes?: boolean;
}

export async function startGateway({
  env = {},
  subscribes = true,
  ...options
}: GatewayOptions = {}): Promise<StartedGateway> {
  const database = options.databaseUrl ? null : await createTestDatabase();
  const testRedis = options.redisUrl ? null : await createTestRedis();
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const redisUrl = options.redisUrl ?? testRedis?.url ?? '';
  const config = loadConfig({ NODE_ENV: 'test', ...env });
  const logger = createLogger('gateway', { LOG_LEVEL: 'fatal' });
  const orm = await openDatabase({ url: databaseUrl, role: 'boxoffice_gateway', statementTimeoutMs: 1_000 });
  const redis = openImpatientRedis(redisUrl, logger);
  const subscriber = subscribes ? openSubscriber(redisUrl, logger) : new Redis({ lazyConnect: true });
  const consumer = openPatientRedis(redisUrl, logger);
  const keys = loadSigningKeys(config);
  const catalogConnection = new CatalogConnection(options.catalogUrl ?? 'http://127.0.0.1:1', testSecret);
  const { http } = buildGateway({ config, logger, keys, orm, redis, subscriber, consumer, catalogConnection });
  await http.ready();

  return {
    ...{ http, config, keys, orm, redis, databaseUrl },
    async call<Body>(method: Method, path: string, { body, token, ip, headers }: Call = {}) {
      const response = await http.inject({
        method,
        url: path,
        headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        ...(body && { payload: body }),
        ...(ip && { remoteAddress: ip }),
      });
      return {
        status: response.statusCode,
        headers: response.headers,
        body: (response.body ? response.json() : null) as Body,
      };
    },
    token: (userId, role = 'user') => http.jwt.sign({ sub: String(userId), username: `user${userId}`, role }),
    async stop() {
      await http.close();
      await catalogConnection.close();
      // Once in a while it waits for a connection that is idle. The end of the test run drops that database.
      const isClosed = await Promise.race([orm.close(true).then(() => true), delay(5_000, false, { ref: false })]);
      redis.disconnect();
      subscriber.disconnect();
      consumer.disconnect();
      await Promise.all([isClosed && database?.drop(), testRedis?.drop()]);
    },
  };
}
