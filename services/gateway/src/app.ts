import { type MikroORM, pingDatabase } from '@boxoffice/shared/database/orm';
import type { Config } from '@boxoffice/shared/service/config';
import type { HealthCheck } from '@boxoffice/shared/service/health';
import { createPublicHttp, type Http } from '@boxoffice/shared/service/http';
import type { Logger } from '@boxoffice/shared/service/logging';
import { superviseSubscriptions } from '@boxoffice/shared/service/pub-sub';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { checkRedis } from '@boxoffice/shared/service/redis-masters';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import type { Redis } from 'ioredis';
import * as admin from './admin/index.ts';
import * as bookings from './bookings/index.ts';
import * as catalog from './catalog/index.ts';
import { addAuthentication } from './http/authentication.ts';
import { currentUrl } from './http/legacy-paths.ts';
import { addOpenApiDocument } from './http/openapi-document.ts';
import { addPublicUrl } from './http/public-url.ts';
import { refuseUntilChecked } from './http/refuse-until-checked.ts';
import { refuseWhileClosing } from './http/refuse-while-closing.ts';
import { addCors, securityHeaders } from './http/security.ts';
import { warnOfUntrustedProxy } from './http/warn-of-untrusted-proxy.ts';
import * as identity from './identity/index.ts';
import * as pages from './pages/index.ts';
import * as payments from './payments/index.ts';
import * as streams from './streams/index.ts';

export interface GatewayOptions {
  config: Config;
  logger: Logger;
  keys: identity.SigningKeys;
  orm: MikroORM;
  /** Never waits: an outage is an error within a second (openImpatientRedis). */
  redis: RedisClient;
  /** A connection for subscriptions alone. */
  subscriber: Redis;
  /** A connection that waits for Redis, for the consumer of the queue of payments alone. */
  consumer: RedisClient;
  catalogConnection: catalog.CatalogConnection;
  tracing?: Tracing | undefined;
  /** Further conditions for the gateway to be ready. */
  checks?: Record<string, HealthCheck>;
  /** Whether requests may be served already; by default they may. */
  isChecked?: () => boolean;
}

/**
 * Assembles the gateway; only this function knows every component. Does no I/O before the server is ready.
 * Closing the server closes everything that is built here, but nothing that was passed in.
 *
 * @returns the public server, and the one for the internal port, which serves metrics and details of readiness; `drain`
 *   prepares for closing them (createPublicHttp)
 */
export function buildGateway(options: GatewayOptions): { http: Http; internal: Http; drain(): void } {
  const { catalogConnection, config, keys, logger, orm, redis, subscriber, tracing, checks } = options;
  const accessRevocations = new identity.AccessRevocations({ ...options, revocations: new identity.Revocations(orm) });
  const responses = new catalog.ResponseCache(options);
  const client = new catalog.CatalogClient(catalogConnection);
  const catalogEditor = new catalog.CatalogEditor(catalogConnection, () => {
    client.clearShowFacts();
    responses.invalidateEverywhere();
  });
  const { http, internal, metrics, drain } = createPublicHttp({
    logger,
    tracing,
    headers: securityHeaders(config),
    trustProxy: config.TRUST_PROXY,
    rewriteUrl: currentUrl,
    checks: {
      database: () => pingDatabase(orm),
      redis: () => checkRedis(redis),
      catalog: () => catalogConnection.check(),
      revocations: () => accessRevocations.check(),
      queue: () => queue.check(),
      workers: () => owners.check(),
      partitions: () => partitioning.check(),
      ...checks,
    },
  });
  if (options.isChecked) refuseUntilChecked(http, options.isChecked);
  warnOfUntrustedProxy(http, config);
  const partitioning = new bookings.CurrentPartitioning({ orm, redis, config, logger });
  const partitions = () => partitioning.current?.partitions ?? 0;
  const owners = new bookings.PartitionOwners({ orm, partitions, logger, metrics });
  const outcomes = new bookings.StoredOutcomes(orm);
  const queue = new bookings.BookingQueue({
    ...{ redis, subscriber, outcomes, owners, partitioning, logger, metrics, tracing },
    limit: config.BOOKING_QUEUE_LIMIT,
    userLimit: bookings.undecidedLimit(config),
    replicaAcks: config.REDIS_REPLICA_ACKS,
  });
  const online = payments.buildPayments({
    ...{ config, orm, redis, consumer: options.consumer, bookingQueue: queue, logger, metrics },
    publicUrl: () => http.publicUrl(),
  });
  const stopHeartbeats = superviseSubscriptions({ subscriber, redis, logger });
  const seatWatch = new streams.SeatWatch({ catalog: client, subscriber, logger });
  const eventStreams = new streams.EventStreams(config, metrics);
  const dependencies = {
    ...{ accessRevocations, catalog: client, catalogEditor, config, keys, orm, queue, responses, seatWatch },
    outcomes,
    auditLines: new admin.AuditLines(orm),
    bookings: new bookings.Bookings(orm),
    budget: new bookings.RequestBudget(config),
    limits: new identity.RateLimits(redis, config),
    passwords: new identity.PasswordHasher(),
    payments: online,
    sales: new admin.Sales(orm),
    takings: new admin.Takings(orm),
    streams: eventStreams,
    users: new identity.Users(orm),
  };

  http.addHook('onReady', async () => {
    // Each ends after one attempt. A load balancer may send requests as soon as this gateway listens.
    await Promise.all([
      accessRevocations.start(),
      partitioning.start(),
      catalogConnection.check().catch(() => undefined),
    ]);
    owners.start();
    online.start();
  });
  // First: respond to everyone who is waiting for an outcome, so closing need not wait for the outcomes.
  http.addHook('preClose', () => queue.stopWaiting());
  http.addHook('preClose', async () => {
    seatWatch.close();
    eventStreams.close();
  });
  http.addHook('onClose', async () => {
    stopHeartbeats();
    partitioning.close();
    owners.close();
    accessRevocations.close();
    await online.close();
    await queue.close();
  });

  addCors(http, config);
  addPublicUrl(http, config);
  addOpenApiDocument(http, config.PUBLIC_URL);
  addAuthentication(http, { keys, accessRevocations });
  http.after(() => {
    refuseWhileClosing(http);
    for (const feature of [identity, catalog, streams, bookings, payments, admin]) feature.register(http, dependencies);
  });
  online.addPages(http);
  pages.register(http, dependencies);
  return { http, internal, drain };
}
