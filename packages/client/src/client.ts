import type { Client, ClientPathsWithMethod, MaybeOptionalInit, MethodResponse } from 'openapi-fetch';
import type { HttpMethod, RequiredKeysOf } from 'openapi-typescript-helpers';
import { fault, NoAnswerError, ProblemError, retryAfterMs } from './errors.ts';
import { type Patience, patiently, pause, politePauseMs } from './patiently.ts';
import type { Booking, Job, LoginInput, paths, SignupInput, User } from './schema.ts';
import { type AskInit, createSender, withTimeout } from './sender.ts';
import { readStream, type SeatsView, seatsIn } from './streams.ts';
import { memoryTokens, type TokenStore } from './tokens.ts';

export interface BoxofficeOptions {
  /** Where the gateway answers; in a browser "" is the page's own server. */
  url: string;
  /** Where tokens are kept; in memory unless given. */
  tokens?: TokenStore;
}

export interface OutcomeOptions extends Patience {
  /** Told its place in the line, each time that this is known. */
  onQueued?: (job: Job) => void;
  /** Follow it by an event stream, which tells every move in the line, instead of asking once a second. */
  live?: boolean;
}

export interface BookingOptions extends OutcomeOptions {
  /** How long the server may hold its answer until the outcome, in seconds: 10 unless given; 0: not at all. */
  waitSeconds?: number;
  /** Idempotency-Key; a random one unless given. Whoever comes back with it finds the same request again. */
  key?: string;
}

/** What an operation that succeeds gives; undefined where the answer has no body. */
type Given<Data> = [Data] extends [never] ? undefined : Data;

/**
 * Asks for one operation of the OpenAPI document; gives its body.
 *
 * @throws {ProblemError} when it answers with a problem
 * @throws {NoAnswerError}
 */
type Ask<Method extends HttpMethod> = <
  Path extends ClientPathsWithMethod<Client<paths>, Method>,
  Init extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...init: RequiredKeysOf<Init> extends never ? [Init?] : [Init]
) => Promise<Given<MethodResponse<Client<paths>, Method, Path, Init>>>;

export type Boxoffice = ReturnType<typeof createBoxoffice>;

/** A client of one gateway, for one user at a time. */
export function createBoxoffice({ url, tokens = memoryTokens() }: BoxofficeOptions) {
  const { ask, settled } = createSender(url, tokens);

  const asking =
    <Method extends HttpMethod>(method: Method): Ask<Method> =>
    async (path, ...[init]) =>
      (await ask(method, path as string, init as AskInit)).data as never;

  const boxoffice = {
    get: asking('get'),
    post: asking('post'),
    put: asking('put'),
    patch: asking('patch'),
    delete: asking('delete'),

    /** Makes an account; log in next. */
    signUp: (account: SignupInput): Promise<User> => boxoffice.post('/api/auth/signup/', { body: account }),

    /** From here on every request goes in this user's name. */
    async logIn(credentials: LoginInput): Promise<void> {
      tokens.write(await boxoffice.post('/api/auth/login/', { body: credentials }));
    },

    /** Forgets the tokens, here and at the server. */
    async logOut(): Promise<void> {
      await settled();
      const held = tokens.read();
      tokens.write(null);
      if (held?.refresh) await boxoffice.post('/api/auth/logout/', { body: { refresh: held.refresh } });
    },

    /** Whether there are tokens; they may have expired or been revoked. */
    isLoggedIn: (): boolean => tokens.read() !== null,

    /**
     * Books seats of a show, all or none, and waits for the outcome. What is passing is tried again under
     * the same key, so that it never books twice.
     *
     * @throws {ProblemError} why not: seat_taken names the seats
     * @throws {NoAnswerError} when the patience ends first: booked or not, the key finds it
     */
    book: (show: number, seats: (string | number)[], options: BookingOptions = {}): Promise<Booking> =>
      submit('/api/shows/{id}/book/', { path: { id: show }, body: { seats } }, options),

    /**
     * Cancels a booking and waits until its seats are free. Again: the same booking.
     *
     * @throws {ProblemError}
     * @throws {NoAnswerError}
     */
    cancel: (booking: string, options: BookingOptions = {}): Promise<Booking> =>
      submit('/api/bookings/{id}/cancel/', { path: { id: booking } }, options),

    /**
     * Finds out what became of a request, as soon as it is decided.
     *
     * @returns the job: succeeded, rejected or failed
     * @throws {ProblemError}
     * @throws {NoAnswerError} when the patience ends first
     */
    outcome: (job: string, options: OutcomeOptions = {}): Promise<Job> =>
      options.live ? follow(job, options) : poll(job, options),

    /**
     * The seats of a show, each time that one has changed, until the signal; through whatever happens to
     * the connection.
     *
     * @throws {ProblemError} show_not_found
     */
    watchSeats: (show: number, signal?: AbortSignal): AsyncGenerator<SeatsView> =>
      seatsIn(stream('/api/shows/{id}/seats/events/', show, signal)),
  };

  const stream = (path: string, id: string | number, signal?: AbortSignal) =>
    readStream(async (lastEventId, signal) => {
      const headers = { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) };
      const { data } = await ask('get', path, { params: { path: { id } }, headers, signal, parseAs: 'stream' });
      return data as ReadableStream<Uint8Array>;
    }, signal);

  async function follow(id: string, options: OutcomeOptions): Promise<Job> {
    const { patienceMs = 60_000, onQueued, onRetry } = options;
    const deadline = performance.now() + patienceMs;
    const signal = withTimeout(options.signal, patienceMs);
    for await (const news of stream('/api/jobs/{id}/events/', id, signal)) {
      if (news.kind === 'event') {
        const job = news.data as Job;
        if (isDecided(job)) return job;
        onQueued?.(job);
      } else if (news.kind === 'away') {
        // As many streams as this user may have are open elsewhere.
        if (news.reason instanceof ProblemError && news.reason.status === 429)
          return poll(id, { ...options, patienceMs: deadline - performance.now() });
        onRetry?.(news.reason);
      }
    }
    options.signal?.throwIfAborted();
    throw undecided(id);
  }

  async function poll(id: string, { patienceMs = 60_000, onQueued, ...options }: OutcomeOptions): Promise<Job> {
    const deadline = performance.now() + patienceMs;
    const look = () => ask('get', '/api/jobs/{id}/', { params: { path: { id } }, signal: options.signal });
    for (;;) {
      const { data, response } = await patiently(look, { ...options, patienceMs: deadline - performance.now() });
      const job = data as Job;
      if (isDecided(job)) return job;
      onQueued?.(job);
      if (performance.now() > deadline) throw undecided(id);
      await pause(politePauseMs(retryAfterMs(response.headers)), options.signal);
    }
  }

  /** Sends what changes a booking, until it is accepted; then waits for its outcome. */
  async function submit(
    path: string,
    request: { path: object; body?: object },
    options: BookingOptions,
  ): Promise<Booking> {
    const { waitSeconds = 10, key = randomKey(), patienceMs = 60_000, signal } = options;
    const deadline = performance.now() + patienceMs;
    const prefer = waitSeconds > 0 ? `wait=${waitSeconds}` : 'respond-async';
    const init = { params: { path: request.path, header: { prefer, 'idempotency-key': key } }, body: request.body };
    const { data, response } = await patiently(() => ask('post', path, { ...init, signal }), options);
    if (response.status !== 202) return data as Booking;
    const accepted = data as Job;
    options.onQueued?.(accepted);
    if (!options.live) await pause(politePauseMs(retryAfterMs(response.headers)), signal);
    const job = await boxoffice.outcome(accepted.id, { ...options, patienceMs: deadline - performance.now() });
    if (job.status === 'succeeded' && job.booking) return job.booking;
    throw new ProblemError(job.problem ?? fault(500, `Job ${job.id} is ${job.status} and does not say why.`));
  }

  return boxoffice;
}

function isDecided({ status }: Job): boolean {
  return status !== 'queued' && status !== 'active';
}

const undecided = (id: string) => new NoAnswerError(new Error(`Job ${id} is not decided yet`));

/** An Idempotency-Key of one's own. As unguessable as `crypto.randomUUID()`, which browsers have in secure contexts only. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
