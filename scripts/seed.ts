/** `pnpm seed`: sample users, movies, shows and bookings. */
import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { Movie } from '@boxoffice/shared/database/entities/catalog';
import { User } from '@boxoffice/shared/database/entities/identity';
import { defaultPartitions } from '@boxoffice/shared/partition';
import { type Config, loadConfig } from '@boxoffice/shared/service/config';
import { paymentProviderOf } from '@boxoffice/shared/service/payment-provider';
import { findSampleLogins, sampleLoginsMessage } from '../services/gateway/src/identity/index.ts';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { loadProgramme } from './seed/load.ts';
import { largeProgramme, sampleProgramme } from './seed/programme.ts';
import { addSampleUsers } from './seed/users.ts';

const help = `
Loads sample users, movies, shows and bookings into the database of the running \`pnpm start\`, or the one
in DATABASE_URL. A database that has movies of its own is left alone.

  --large       adds forty movies with 600 shows, whatever is there
  --if-enabled  does nothing if SAMPLE_DATA is false, or unset in production
  --help        prints this text
`.trim();

export interface SeedOptions {
  /** Adds hundreds of shows. */
  large?: boolean;
  /** Production gets no administrator whose password is in the README. Default: NODE_ENV. */
  environment?: Config['NODE_ENV'];
  /** Whether there is a provider of online payments. Default: PAYMENT_PROVIDER. */
  canPayOnline?: boolean;
  /** Number of booking partitions. Default: BOOKING_PARTITIONS. */
  partitions?: number;
  log?: (line: string) => void;
}

/**
 * Loads the sample data once. A database that has movies of its own is left alone (except by `large`); one
 * whose sample shows are all over gets new ones.
 *
 * Every table is written by one service only. This script may still write to all of them, because it only
 * adds rows, in one transaction: until that commits, no service knows these shows or books their seats.
 *
 * @throws {PlainError} when the database does not respond or has no tables yet
 */
export function seed(databaseUrl: string, options: SeedOptions = {}): Promise<{ loaded: boolean }> {
  const { NODE_ENV, BOOKING_PARTITIONS, PAYMENT_PROVIDER } = loadConfig();
  const {
    large = false,
    environment = NODE_ENV,
    partitions = BOOKING_PARTITIONS ?? defaultPartitions,
    log = () => {},
  } = options;
  const { canPayOnline = paymentProviderOf({ NODE_ENV: environment, PAYMENT_PROVIDER }) !== null } = options;
  return withDatabase(databaseUrl, (em) =>
    em.transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('boxoffice seed'))");
      const [{ ms }] = await em.execute<[{ ms: number }]>(
        'select floor(extract(epoch from now()) * 1000)::float as ms',
      );
      const now = new Date(ms);
      const isEmpty = (await em.count(Movie)) === 0;
      if (isEmpty && environment !== 'production') await addSampleUsers(em, { log });
      const common = { now, partitions, canPayOnline, log };
      const loaded = [
        await loadProgramme(em, sampleProgramme(now), { addMovies: isEmpty, ...common }),
        large && (await loadProgramme(em, largeProgramme(now), { addMovies: true, ...common })),
      ];
      return { loaded: loaded.includes(true) };
    }),
  );
}

/** Whether sample data is loaded automatically. */
export function isSampleDataEnabled({ SAMPLE_DATA, NODE_ENV }: Pick<Config, 'SAMPLE_DATA' | 'NODE_ENV'>): boolean {
  return SAMPLE_DATA ?? NODE_ENV !== 'production';
}

if (import.meta.main) {
  await runCommand(async () => {
    const boolean = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({ options: { large: boolean, 'if-enabled': boolean, help: boolean } });
    if (values.help) return console.log(help);
    const config = loadConfig();
    const url = databaseUrlOfRunning(config);
    if (config.NODE_ENV === 'production') await refuseSampleLogins(url);
    if (values['if-enabled'] && !isSampleDataEnabled(config)) return explainFirstSteps(url);
    const { loaded } = await seed(url, { large: values.large, log: (line) => console.log(`  ${line}`) });
    console.log(loaded ? 'Sample data loaded.' : 'No sample data loaded: the database already has movies.');
  });
}

/** Without sample data nobody can add a movie until there is an administrator. */
async function explainFirstSteps(url: string): Promise<void> {
  console.log('Sample data is off (SAMPLE_DATA).');
  const admins = await withDatabase(url, (em) => em.find(User, { role: 'admin', isActive: true }));
  if (admins.length > 0) return;
  console.log(
    'There is no administrator yet. To create one, run `pnpm createsuperuser`, or with Docker\n' +
      '  docker compose exec gateway node scripts/createsuperuser.ts',
  );
}

/** A database from development may still have users whose passwords everyone can read. */
async function refuseSampleLogins(url: string): Promise<void> {
  const names = await withDatabase(url, findSampleLogins);
  if (names.length > 0) throw new PlainError(sampleLoginsMessage(names));
}
