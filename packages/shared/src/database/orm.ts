import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, MikroORM, type Options } from '@mikro-orm/postgresql';
import type { Logger } from 'pino';
import type { Tracing } from '../tracing/tracing.ts';
import { connectTo } from './database-hosts.ts';
import { BookingAuditLine, CatalogAuditLine, IdentityAuditLine, PaymentsAuditLine } from './entities/audit.ts';
import { Booking, OutboxRow, PaymentVerdict, RequestOutcome, SeatClaim } from './entities/booking.ts';
import { LayoutRow, Movie, Screen, Show } from './entities/catalog.ts';
import { AccessRevocation, RefreshToken, SessionRevocation, User } from './entities/identity.ts';
import { PartitioningRow } from './entities/installation.ts';
import { Payment, PaymentEvent, TestCheckout } from './entities/payments.ts';
import { ImpatientClient } from './impatient-client.ts';
import { FirstSchema } from './migrations/0001-first-schema.ts';
import { Administration } from './migrations/0002-administration.ts';
import { Search } from './migrations/0003-search.ts';
import { Requests } from './migrations/0004-requests.ts';
import { SessionRevocations } from './migrations/0005-session-revocations.ts';
import { Screens } from './migrations/0006-screens.ts';
import { Holds } from './migrations/0007-holds.ts';
import { Takings } from './migrations/0008-takings.ts';
import { Payments } from './migrations/0009-payments.ts';
import { Partitionings } from './migrations/0010-partitionings.ts';
import { ArchivedShows } from './migrations/0011-archived-shows.ts';
import { type ServiceRole, serviceUrl } from './service-roles.ts';
import { sessionSettings, statementTimeout } from './session-settings.ts';

export type { EntityManager, MikroORM };

export interface DatabaseOptions {
  url: string;
  /**
   * The service that logs in, with this URL or the one derived from it (`serviceUrl`). Without one, connections
   * have the rights of the URL's user, for migrations and seeds.
   */
  role?: ServiceRole;
  /** The most connections held open. */
  poolSize?: number;
  /** How long one statement may take, in milliseconds; no limit by default. */
  statementTimeoutMs?: number;
  /** Sends a statement before the previous one on its connection has completed. */
  pipeline?: boolean;
  /** PostgreSQL settings of every connection, by name. */
  settings?: Record<string, string>;
  logger?: Logger;
  tracing?: Tracing | undefined;
}

/** ORM options for everything that opens the database. Does not connect. */
export function ormOptions(options: DatabaseOptions): Options {
  const { url, role, poolSize = 10, statementTimeoutMs = 0, pipeline = false, logger, tracing } = options;
  const settings = {
    ...options.settings,
    ...(role ? sessionSettings(statementTimeoutMs) : statementTimeoutMs && statementTimeout(statementTimeoutMs)),
  };
  const { connectionString, hosts } = connectTo(role ? serviceUrl(url, role) : url);
  return {
    clientUrl: connectionString,
    entities: [
      ...[User, RefreshToken, AccessRevocation, SessionRevocation, IdentityAuditLine],
      ...[Movie, LayoutRow, Screen, Show, CatalogAuditLine],
      ...[Booking, SeatClaim, RequestOutcome, OutboxRow, PaymentVerdict, BookingAuditLine],
      ...[Payment, PaymentEvent, TestCheckout, PaymentsAuditLine],
      PartitioningRow,
    ],
    extensions: [Migrator],
    // A list, not a glob: the order is explicit, and nothing scans folders at start-up.
    migrations: {
      migrationsList: [
        ...[FirstSchema, Administration, Search, Requests, SessionRevocations],
        ...[Screens, Holds, Takings, Payments, Partitionings, ArchivedShows],
      ],
      tableName: 'migrations',
      snapshot: false,
      schema: 'public',
    },
    pool: { max: poolSize },
    driverOptions: {
      Client: tracing ? tracing.tracedClient(ImpatientClient) : ImpatientClient,
      // The ORM takes neither TLS nor an IPv6 address from a URL. The driver does.
      connectionString,
      ...(hosts && { hosts }),
      // In one parameter, so that a pooler has only one to ignore.
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
      application_name: role ?? 'boxoffice',
      connectionTimeoutMillis: 1_000,
      keepAlive: true,
      pipeline,
      ...(statementTimeoutMs && { query_timeout: statementTimeoutMs }),
    },
    ensureDatabase: false, // a misspelt name in the URL must be an error, not a new database
    forceUtcTimezone: true,
    logger: (message) => logger?.warn(message),
    colors: false,
  };
}

/**
 * Opens the database for one service. Connects on first use, so a service can start while PostgreSQL is
 * away. Close it with `orm.close()`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<MikroORM> {
  return new MikroORM(ormOptions(options));
}

/**
 * Checks that the database responds.
 *
 * @throws the driver's error when it does not
 */
export async function pingDatabase(orm: MikroORM): Promise<void> {
  await orm.em.getConnection().execute('select 1');
}
