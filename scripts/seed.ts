/** `pnpm seed [--large]`: sample users, movies and shows, in DATABASE_URL or the running `pnpm start`. */
import { parseArgs } from 'node:util';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { type Config, loadConfig } from '@boxoffice/shared/service/config';
import { PasswordHasher } from '../services/gateway/src/identity/passwords.ts';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { largeProgramme, type SampleMovie, sampleProgramme } from './sample-programme.ts';

export interface SeedOptions {
  /** Hundreds of shows on top. */
  large?: boolean;
  /** In production nobody gets an administrator whose password is in the README; default: NODE_ENV. */
  environment?: Config['NODE_ENV'];
  log?: (line: string) => void;
}

/**
 * Loads the sample data, once: a database that has movies of its own is left alone (but for `large`),
 * and one whose sample shows are all over gets new ones.
 *
 * @throws {PlainError} when the database does not answer or has no tables yet
 */
export function seed(
  databaseUrl: string,
  { large = false, environment = loadConfig().NODE_ENV, log = () => {} }: SeedOptions = {},
): Promise<{ loaded: boolean }> {
  return withDatabase(databaseUrl, (em) =>
    em.transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('boxoffice seed'))");
      const untouched = (await em.count(Movie)) === 0;
      if (untouched) await addUsers(em, environment, log);
      const loaded = [
        await load(em, sampleProgramme(), { always: untouched, log }),
        large && (await load(em, largeProgramme(), { always: true, log })),
      ];
      return { loaded: loaded.includes(true) };
    }),
  );
}

async function addUsers(em: EntityManager, environment: Config['NODE_ENV'], log: (line: string) => void) {
  const users = [{ name: 'demo', password: 'demopass', role: 'user' }];
  if (environment !== 'production') users.push({ name: 'admin', password: 'adminpass', role: 'admin' });
  for (const { name, password, role } of users) {
    const added = await em.execute(
      `insert into identity.users (username, email, password_hash, role) values (?, ?, ?, ?)
       on conflict do nothing returning id`,
      [name, `${name}@boxoffice.example`, await new PasswordHasher().hash(password), role],
    );
    if (added.length > 0) log(`user ${name}, password ${password}`);
  }
}

/**
 * Adds the movies of a programme and their shows, or, when its movies are there, new shows for them
 * if none has one to come.
 *
 * @param always also where not one of the programme's movies is there
 * @returns whether anything was added
 */
async function load(
  em: EntityManager,
  programme: SampleMovie[],
  { always, log }: { always: boolean; log: (line: string) => void },
): Promise<boolean> {
  let movies = await em.find(Movie, { title: { $in: programme.map(({ title }) => title) } });
  if (movies.length === 0) {
    if (!always) return false;
    movies = programme.map(({ shows: _, ...movie }) => em.create(Movie, movie));
    await em.flush();
    log(`${movies.length} movies`);
  } else if (await em.count(Show, { movie: { $in: movies }, dateTime: { $gt: new Date() } })) {
    return false;
  }
  const byTitle = new Map(movies.map((movie) => [movie.title, movie.id]));
  const shows = programme.flatMap(({ title, shows }) => {
    const movie = byTitle.get(title);
    return movie === undefined ? [] : shows.map((show) => ({ ...show, movie }));
  });
  await em.createQueryBuilder(Show).insert(shows).execute('run', false);
  log(`${shows.length} shows`);
  return true;
}

if (import.meta.main) {
  await runCommand(async () => {
    const { values } = parseArgs({ options: { large: { type: 'boolean', default: false } } });
    const log = (line: string) => console.log(`  ${line}`);
    const { loaded } = await seed(databaseUrlOfRunning(loadConfig()), { ...values, log });
    console.log(loaded ? 'Sample data is loaded.' : 'Nothing to do: there are movies already.');
  });
}
