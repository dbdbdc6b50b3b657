import { randomBytes } from 'node:crypto';
import type { TokenPair, UserView } from '@boxoffice/shared/contracts/identity';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import { PlainError } from '../plain-error.ts';
import { type Answer, askPolitely, type Call } from './http.ts';
import type { RushOptions } from './rush.ts';

export interface Buyer {
  id: number;
  username: string;
  /** Access token, good for 15 minutes. */
  token: string;
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
}: { count: number; run: string } & Pick<RushOptions, 'url'> & Required<Pick<RushOptions, 'onProgress'>>): Promise<
  Buyer[]
> {
  const password = randomBytes(12).toString('base64url');
  const names = Array.from({ length: count }, (_, place) => `rush-${run}-${place + 1}`);
  const users = await someAtOnce(
    names,
    (username) =>
      send<UserView>(`${url}/api/auth/signup/`, { body: { username, email: `${username}@rush.example`, password } }),
    (done) => onProgress('signing up', done, count),
  );
  // All sign-ups first, so that the tokens are as fresh as can be when the rush begins.
  return someAtOnce(
    users,
    async ({ id, username }) => {
      const { access } = await send<TokenPair>(`${url}/api/auth/login/`, { body: { username, password } });
      return { id, username, token: access };
    },
    (done) => onProgress('logging in', done, count),
  );
}

async function send<Body>(url: string, call: Call): Promise<Body> {
  const answer = (await askPolitely<Body>(url, call, { deadline: performance.now() + patienceMs })) as Answer<
    Body & Problem
  >;
  if (answer.status < 300) return answer.body;
  throw new PlainError(`${url} answers ${answer.status}: ${answer.body?.detail ?? 'and does not say why'}`);
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
