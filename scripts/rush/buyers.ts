import { randomBytes } from 'node:crypto';
import { type Boxoffice, createBoxoffice, NoAnswerError, ProblemError, patiently } from '@boxoffice/client';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import type { OnProgress } from './progress.ts';

export interface Buyer {
  id: number;
  username: string;
  /** Logged in as this buyer. */
  boxoffice: Boxoffice;
}

/** Sign-ups and logins in flight. Each costs the gateway a password hash, so more would only wait there. */
const concurrency = 16;
/** How long one sign-up or login may take, retries included. Production allows 20 sign-ups a minute. */
const patienceMs = 60 * 60 * 1_000;

/**
 * Signs up `count` buyers, named `rush-<run>-<number>`, and logs them in. They remain, because a user with
 * bookings cannot be deleted.
 *
 * @throws {PlainError} when the gateway refuses
 */
export async function signUpBuyers({
  url,
  count,
  run,
  onProgress,
}: {
  url: string;
  count: number;
  run: string;
  onProgress: OnProgress;
}): Promise<Buyer[]> {
  const password = randomBytes(12).toString('base64url');
  const names = Array.from({ length: count }, (_, index) => `rush-${run}-${index + 1}`);
  const users = await mapConcurrently(
    names,
    async (username) => {
      const boxoffice = createBoxoffice({ url });
      const email = `${username}@rush.example`;
      const { id } = await withRetries(url, () => boxoffice.signUp({ username, email, password }));
      return { id, username, boxoffice };
    },
    (done) => onProgress('signing up', done, count),
  );
  // Logins come last, so that the tokens are fresh when the rush begins.
  await mapConcurrently(
    users,
    ({ username, boxoffice }) => withRetries(url, () => boxoffice.logIn({ username, password })),
    (done) => onProgress('logging in', done, count),
  );
  return users;
}

async function withRetries<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await patiently(work, { patienceMs });
  } catch (error) {
    if (error instanceof ProblemError) throw new PlainError(`${url} responded with ${error.status}: ${error.message}`);
    if (error instanceof NoAnswerError) throw new PlainError(`${url} does not respond: ${error.message}`);
    throw error;
  }
}

/** Runs `work` for every item, `concurrency` at a time. Results are in the order of the items. */
async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onDone: (done: number) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  // The workers share one iterator, so each item is taken once.
  const rest = items.entries();
  let done = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const [index, item] of rest) {
        results[index] = await work(item);
        onDone(++done);
      }
    }),
  );
  return results;
}
