import { pingDatabase } from '@boxoffice/shared/db/orm';
import { createHttp, type HealthCheck, type Http } from '@boxoffice/shared/http';
import type { Redis } from 'ioredis';
import { AccessRevocations } from './access-revocations.ts';
import { AnswerCache } from './clients/answer-cache.ts';
import { currentUrl } from './legacy-paths.ts';
import type { Parts } from './parts.ts';
import { addAuthentication } from './plugins/authentication.ts';
import { addDocumentationPages, addSchema } from './plugins/documentation.ts';
import { addOperatorsBoard } from './plugins/operators-board.ts';
import { addPages } from './plugins/pages.ts';
import { addSecurity } from './plugins/security.ts';
import { BookingQueue } from './queue/booking-queue.ts';
import { AuditLines } from './repositories/audit-lines.ts';
import { Bookings } from './repositories/bookings.ts';
import { Revocations } from './repositories/revocations.ts';
import { Sales } from './repositories/sales.ts';
import { Users } from './repositories/users.ts';
import { adminAudit } from './routes/admin-audit.ts';
import { adminDashboard } from './routes/admin-dashboard.ts';
import { adminMovieRoutes } from './routes/admin-movies.ts';
import { adminQueues } from './routes/admin-queues.ts';
import { adminShowRoutes } from './routes/admin-shows.ts';
import { adminUserRoutes } from './routes/admin-users.ts';
import { authRoutes } from './routes/auth/routes.ts';
import { adminBookings } from './routes/bookings/admin-bookings.ts';
import { book } from './routes/bookings/book.ts';
import { cancel } from './routes/bookings/cancel.ts';
import { getJob } from './routes/bookings/get-job.ts';
import { jobEvents } from './routes/bookings/job-events.ts';
import { myBookings } from './routes/bookings/my-bookings.ts';
import { jwksRoute } from './routes/jwks.ts';
import { movieRoutes } from './routes/movies.ts';
import { seatEvents } from './routes/seat-events.ts';
import { showRoutes } from './routes/shows.ts';
import { EventStreams } from './streams/event-streams.ts';
import { SeatWatch } from './streams/seat-watch.ts';

export interface GatewayDependencies extends Pick<Parts, 'catalog' | 'config' | 'keys' | 'logger' | 'orm' | 'redis'> {
  /** A connection of its own, for outcomes. */
  subscriber: Redis;
  /** More that must be well before the gateway is ready. */
  checks?: Record<string, HealthCheck>;
}

/** Assembles the gateway from its dependencies. Closing the server closes the queue, not them. */
export function buildGateway(dependencies: GatewayDependencies): Http {
  const { catalog, config, logger, orm, redis, subscriber, checks } = dependencies;
  const accessRevocations = new AccessRevocations({ revocations: new Revocations(orm), redis, subscriber, logger });
  const { http, metrics } = createHttp({
    logger,
    trustProxy: config.TRUST_PROXY,
    rewriteUrl: currentUrl,
    checks: {
      database: () => pingDatabase(orm),
      redis: () => redis.ping(),
      catalog: () => catalog.check(),
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
  const seatWatch = new SeatWatch({ catalog, subscriber, logger });
  const answers = new AnswerCache({ redis, subscriber, logger });
  catalog.onChange = () => answers.catalogChanged();
  const parts: Parts = {
    ...dependencies,
    answers,
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
