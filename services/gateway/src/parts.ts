import type { Config } from '@boxoffice/shared/config';
import type { MikroORM } from '@boxoffice/shared/db/orm';
import type { Logger } from '@boxoffice/shared/logging';
import type { Redis } from 'ioredis';
import type { AccessRevocations } from './access-revocations.ts';
import type { AnswerCache } from './clients/answer-cache.ts';
import type { CatalogClient } from './clients/catalog.ts';
import type { SigningKeys } from './keys.ts';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { AuditLines } from './repositories/audit-lines.ts';
import type { Bookings } from './repositories/bookings.ts';
import type { Sales } from './repositories/sales.ts';
import type { Users } from './repositories/users.ts';
import type { EventStreams } from './streams/event-streams.ts';
import type { SeatWatch } from './streams/seat-watch.ts';

/** What the gateway is made of: built once in app.ts, handed to whoever names it. */
export interface Parts {
  config: Config;
  logger: Logger;
  orm: MikroORM;
  /** Never waits: an outage is an error within a second. */
  redis: Redis;
  catalog: CatalogClient;
  answers: AnswerCache;
  keys: SigningKeys;
  queue: BookingQueue;
  accessRevocations: AccessRevocations;
  auditLines: AuditLines;
  bookings: Bookings;
  sales: Sales;
  users: Users;
  streams: EventStreams;
  seatWatch: SeatWatch;
}
