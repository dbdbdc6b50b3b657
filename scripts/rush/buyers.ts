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

/** Each of them costs the gateway a password hash: more at once would only wait there. */
const atOnce = 16;
/** How long one sign-up or login may take with all its tries; production allows 20 sign-ups a minute. */
const patienceMs = 60 * 60 * 1_000;

/**
 * Signs up and logs in `count` buyers, whose names begin with `rush-<run>-`. They stay: who has
 * bookings cannot be deleted.
 *
 * @throws {PlainError} when the gateway will not have them
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
  const names = Array.from({ length: count }, (_, place) => `rush-${run}-${place + 1}`);
  const users = await someAtOnce(
    names,
    async (username) => {
      const boxoffice = createBoxoffice({ url });
      const email = `${username}@rush.example`;
      const { id } = await insistently(url, () => boxoffice.signUp({ username, email, password }));
      return { id, username, boxoffice };
    },
    (done) => onProgress('signing up', done, count),
  );
  // All sign-ups first, so that the tokens are as fresh as can be when the rush begins.
  await someAtOnce(
    users,
    ({ username, boxoffice }) => insistently(url, () => boxoffice.logIn({ username, password })),
    (done) => onProgress('logging in', done, count),
  );
  return users;
}

async function insistently<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await patiently(work, { patienceMs });
  } catch (error) {
    if (error instanceof ProblemError) throw new PlainError(`${url} answers ${error.status}: ${error.message}`);
    if (error instanceof NoAnswerError) throw new PlainError(`${url} does not answer: ${error.message}`);
    throw error;
  }
}

/** Does the work for every item, `atOnce` at a time; results in the order of the items. */
async function someAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onDone: (done: number) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  let done = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [place, item] of rest) {
        results[place] = await work(item);
        onDone(++done);
      }
    }),
  );
  return results;
}
