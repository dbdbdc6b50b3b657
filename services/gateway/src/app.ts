import { pingDatabase } from '@boxoffice/shared/database/orm';
import type { HealthCheck } from '@boxoffice/shared/service/health';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import type { Redis } from 'ioredis';
import { AuditLines } from './admin/audit-lines.ts';
import { adminAudit } from './admin/routes/audit.ts';
import { adminBookings } from './admin/routes/bookings.ts';
import { adminDashboard } from './admin/routes/dashboard.ts';
import { adminMovieRoutes } from './admin/routes/movies.ts';
import { adminQueues } from './admin/routes/queues.ts';
import { adminShowRoutes } from './admin/routes/shows.ts';
import { adminUserRoutes } from './admin/routes/users.ts';
import { Sales } from './admin/sales.ts';
import { BookingQueue } from './bookings/queue/booking-queue.ts';
import { book } from './bookings/routes/book.ts';
import { cancel } from './bookings/routes/cancel.ts';
import { getJob } from './bookings/routes/get-job.ts';
import { jobEvents } from './bookings/routes/job-events.ts';
import { myBookings } from './bookings/routes/my-bookings.ts';
import { Bookings } from './bookings/stored-bookings.ts';
import { CatalogClient } from './catalog/catalog-client.ts';
import type { CatalogConnection } from './catalog/catalog-connection.ts';
import { CatalogEditor } from './catalog/catalog-editor.ts';
import { ResponseCache } from './catalog/response-cache.ts';
import { movieRoutes } from './catalog/routes/movies.ts';
import { showRoutes } from './catalog/routes/shows.ts';
import { addAuthentication } from './http/authentication.ts';
import { addDocumentationPages, addSchema } from './http/documentation.ts';
import { currentUrl } from './http/legacy-paths.ts';
import { addSecurity } from './http/security.ts';
import { AccessRevocations } from './identity/access-revocations.ts';
import { Revocations } from './identity/revocations.ts';
import { jwksRoute } from './identity/routes/jwks.ts';
import { authRoutes } from './identity/routes/routes.ts';
import { Users } from './identity/users.ts';
import { addOperatorsBoard } from './pages/operators-board.ts';
import { addPages } from './pages/pages.ts';
import type { Parts } from './parts.ts';
import { EventStreams } from './streams/event-streams.ts';
import { seatEvents } from './streams/routes/seat-events.ts';
import { SeatWatch } from './streams/seat-watch.ts';

export interface GatewayDependencies extends Pick<Parts, 'config' | 'keys' | 'logger' | 'orm' | 'redis'> {
  catalogConnection: CatalogConnection;
  /** A connection of its own, for outcomes. */
  subscriber: Redis;
  /** More that must be well before the gateway is ready. */
  checks?: Record<string, HealthCheck>;
}

/** Assembles the gateway from its dependencies. Closing the server closes the queue, not them. */
export function buildGateway(dependencies: GatewayDependencies): Http {
  const { catalogConnection, config, logger, orm, redis, subscriber, checks } = dependencies;
  const accessRevocations = new AccessRevocations({ revocations: new Revocations(orm), redis, subscriber, logger });
  const { http, metrics } = createHttp({
    logger,
    trustProxy: config.TRUST_PROXY,
    rewriteUrl: currentUrl,
    checks: {
      database: () => pingDatabase(orm),
      redis: () => redis.ping(),
      catalog: () => catalogConnection.check(),
      revocations: () => accessRevocations.check(),
      ...checks,
    },
  });
  const queue = new BookingQueue({
    redis,
    subscriber,
    partitions: config.BOOKING_PARTITIONS,
    limit: config.BOOKING_QUEUE_LIMIT,
    logger,
    metrics,
  });
  const streams = new EventStreams(config, metrics);
  const catalog = new CatalogClient(catalogConnection);
  const seatWatch = new SeatWatch({ catalog, subscriber, logger });
  const answers = new ResponseCache({ redis, subscriber, logger });
  const catalogEditor = new CatalogEditor(catalogConnection, () => {
    catalog.clearShowFacts();
    answers.invalidateEverywhere();
  });
  const parts: Parts = {
    ...dependencies,
    answers,
    catalog,
    catalogEditor,
    queue,
    streams,
    seatWatch,
    accessRevocations,
    auditLines: new AuditLines(orm),
    bookings: new Bookings(orm),
    sales: new Sales(orm),
    users: new Users(orm),
  };
  // First of all: who waits for an outcome is answered, so that closing need not wait for the outcome.
  http.addHook('preClose', () => queue.stopWaiting());
  http.addHook('preClose', async () => {
    seatWatch.close();
    streams.close();
  });
  http.addHook('onClose', async () => {
    accessRevocations.close();
    await queue.close();
  });

  addSecurity(http, parts);
  addSchema(http);
  addAuthentication(http, parts);
  http.after(() => addRoutes(http, parts));
  addDocumentationPages(http);
  addOperatorsBoard(http, parts);
  addPages(http, parts);
  return http;
}

/** Every operation of the HTTP interface. */
export function addRoutes(http: Http, parts: Parts): void {
  authRoutes(http, parts);
  movieRoutes(http, parts);
  showRoutes(http, parts);
  seatEvents(http, parts);
  book(http, parts);
  getJob(http, parts);
  jobEvents(http, parts);
  myBookings(http, parts);
  cancel(http, parts);
  adminMovieRoutes(http, parts);
  adminShowRoutes(http, parts);
  adminUserRoutes(http, parts);
  adminBookings(http, parts);
  adminAudit(http, parts);
  adminDashboard(http, parts);
  adminQueues(http, parts);
  jwksRoute(http, parts);
}
