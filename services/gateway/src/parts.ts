import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Config } from '@boxoffice/shared/service/config';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Redis } from 'ioredis';
import type { AuditLines } from './admin/audit-lines.ts';
import type { Sales } from './admin/sales.ts';
import type { BookingQueue } from './bookings/queue/booking-queue.ts';
import type { Bookings } from './bookings/stored-bookings.ts';
import type { CatalogClient } from './catalog/catalog-client.ts';
import type { CatalogEditor } from './catalog/catalog-editor.ts';
import type { ResponseCache } from './catalog/response-cache.ts';
import type { AccessRevocations } from './identity/access-revocations.ts';
import type { SigningKeys } from './identity/signing-keys.ts';
import type { Users } from './identity/users.ts';
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
  catalogEditor: CatalogEditor;
  answers: ResponseCache;
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
