import type { Client, ClientPathsWithMethod, MaybeOptionalInit, MethodResponse } from 'openapi-fetch';
import type { HttpMethod, RequiredKeysOf } from 'openapi-typescript-helpers';
import { fault, NoAnswerError, ProblemError, retryAfterMs } from './errors.ts';
import { type Patience, patiently, pause, retryDelayMs } from './patiently.ts';
import type { Booking, HoldInput, Job, LoginInput, PasswordChangeInput, paths, SignupInput, User } from './schema.ts';
import { createSender, type SendInit, withTimeout } from './sender.ts';
import { readStream, type SeatsView, seatsIn } from './streams.ts';
import { memoryTokens, type TokenStore } from './tokens.ts';

export interface BoxofficeOptions {
  /** Base URL of the gateway; in a browser, "" means the page's own origin. */
  url: string;
  /** Where tokens are kept; in memory by default. */
  tokens?: TokenStore;
}

export interface OutcomeOptions extends Patience {
  /** Called whenever the job's position in the queue is reported. */
  onQueued?: (job: Job) => void;
  /** Follow the job through an event stream, which reports every change of position, instead of polling once a second. */
  live?: boolean;
}

export interface BookingOptions extends OutcomeOptions {
  /** How long the server may delay its response until the outcome is known, in seconds. 10 by default; 0 turns it off. */
  waitSeconds?: number;
  /** Idempotency-Key; random by default. Repeating a call with the same key resumes the same request. */
  key?: string;
}

/** The body of a successful response; undefined where there is none. */
type BodyOf<Data> = [Data] extends [never] ? undefined : Data;

/**
 * Calls one operation of the OpenAPI document and returns the body of its response.
 *
 * @throws {ProblemError} when the response is a problem
 * @throws {NoAnswerError}
 */
type Operation<Method extends HttpMethod> = <
  Path extends ClientPathsWithMethod<Client<paths>, Method>,
  Init extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...init: RequiredKeysOf<Init> extends never ? [Init?] : [Init]
) => Promise<BodyOf<MethodResponse<Client<paths>, Method, Path, Init>>>;

export type Boxoffice = ReturnType<typeof createBoxoffice>;

/** A client of one gateway, for one user at a time. */
export function createBoxoffice({ url, tokens = memoryTokens() }: BoxofficeOptions) {
  const { send, settled, now } = createSender(url, tokens);

  const operation =
    <Method extends HttpMethod>(method: Method): Operation<Method> =>
    async (path, ...[init]) =>
      (await send(method, path as string, init as SendInit)).data as never;

  const boxoffice = {
    get: operation('get'),
    post: operation('post'),
    put: operation('put'),
    patch: operation('patch'),
    delete: operation('delete'),

    /** Creates an account, without logging in. */
    signUp: (account: SignupInput): Promise<User> => boxoffice.post('/api/auth/signup/', { body: account }),

    /** Logs in: every later request is made as this user. */
    async logIn(credentials: LoginInput): Promise<void> {
      tokens.write(await boxoffice.post('/api/auth/login/', { body: credentials }));
    },

    /**
     * Changes the user's password. Every other login of the user ends; this one continues with new tokens.
     *
     * @throws {ProblemError} `validation_failed` names the field: `current` is wrong, or `new` is not acceptable
     */
    async changePassword(passwords: PasswordChangeInput): Promise<void> {
      await settled();
      tokens.write(await boxoffice.post('/api/auth/password/', { body: passwords }));
    },

    /** Drops the tokens and ends the login on the server. */
    async logOut(): Promise<void> {
      await settled();
      const held = tokens.read();
      tokens.write(null);
      if (held?.refresh) await boxoffice.post('/api/auth/logout/', { body: { refresh: held.refresh } });
    },

    /** The server's time in milliseconds since 1970, whatever the local clock says: for `expires_at` and the like. */
    now,

    /** Whether there are tokens, which may have expired or been revoked. */
    isLoggedIn: (): boolean => tokens.read() !== null,

    /**
     * Books seats of a show, all or none, and waits for the outcome. Transient failures are retried with
     * the same key, so nothing is booked twice.
     *
     * @throws {ProblemError} when the booking is refused; `seat_taken` names the seats
     * @throws {NoAnswerError} when `patienceMs` runs out first; a later call with the same key resumes the request
     */
    book: (show: number, seats: (string | number)[], options: BookingOptions = {}): Promise<Booking> =>
      submit('/api/shows/{id}/book/', { path: { id: show }, body: { seats } }, options),

    /**
     * Holds seats of a show, those named or the best that are free, until `expires_at` of the result. Confirm it
     * by then, or cancel it.
     *
     * @throws {ProblemError} when they cannot be held; `price_changed` when they do not cost `expected_total`
     * @throws {NoAnswerError} when `patienceMs` runs out first; a later call with the same key resumes the request
     */
    hold: (show: number, wish: HoldInput, options: BookingOptions = {}): Promise<Booking> =>
      submit('/api/shows/{id}/holds/', { path: { id: show }, body: wish }, options),

    /**
     * Turns a hold into a booking. Idempotent.
     *
     * @throws {ProblemError} `hold_expired` when it has ended and its seats have been taken
     * @throws {NoAnswerError}
     */
    confirm: (booking: string, options: BookingOptions = {}): Promise<Booking> =>
      submit('/api/bookings/{id}/confirm/', { path: { id: booking } }, options),

    /**
     * Cancels a booking, or releases a hold, and waits until its seats are free. Idempotent.
     *
     * @throws {ProblemError}
     * @throws {NoAnswerError}
     */
    cancel: (booking: string, options: BookingOptions = {}): Promise<Booking> =>
      submit('/api/bookings/{id}/cancel/', { path: { id: booking } }, options),

    /**
     * Waits until a request is decided.
     *
     * @returns the job: succeeded, rejected or failed
     * @throws {ProblemError}
     * @throws {NoAnswerError} when `patienceMs` runs out first
     */
    outcome: (job: string, options: OutcomeOptions = {}): Promise<Job> =>
      options.live ? follow(job, options) : poll(job, options),

    /**
     * Yields the seats of a show on every change, and reconnects as needed, until the signal is aborted.
     *
     * @throws {ProblemError} show_not_found
     */
    watchSeats: (show: number, signal?: AbortSignal): AsyncGenerator<SeatsView> =>
      seatsIn(stream('/api/shows/{id}/seats/events/', show, signal)),
  };

  const stream = (path: string, id: string | number, signal?: AbortSignal) =>
    readStream(async (lastEventId, signal) => {
      const headers = { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) };
      const { data } = await send('get', path, { params: { path: { id } }, headers, signal, parseAs: 'stream' });
      return data as ReadableStream<Uint8Array>;
    }, signal);

  async function follow(id: string, options: OutcomeOptions): Promise<Job> {
    const { patienceMs = 60_000, onQueued, onRetry } = options;
    const deadline = performance.now() + patienceMs;
    const signal = withTimeout(options.signal, patienceMs);
    for await (const update of stream('/api/jobs/{id}/events/', id, signal)) {
      if (update.kind === 'event') {
        const job = update.data as Job;
        if (isDecided(job)) return job;
        onQueued?.(job);
      } else if (update.kind === 'away') {
        // The user has reached the limit of open streams.
        if (update.reason instanceof ProblemError && update.reason.status === 429)
          return poll(id, { ...options, patienceMs: deadline - performance.now() });
        onRetry?.(update.reason);
      }
    }
    options.signal?.throwIfAborted();
    throw undecided(id);
  }

  async function poll(id: string, { patienceMs = 60_000, onQueued, ...options }: OutcomeOptions): Promise<Job> {
    const deadline = performance.now() + patienceMs;
    const getJob = () => send('get', '/api/jobs/{id}/', { params: { path: { id } }, signal: options.signal });
    for (;;) {
      const { data, response } = await patiently(getJob, { ...options, patienceMs: deadline - performance.now() });
      const job = data as Job;
      if (isDecided(job)) return job;
      onQueued?.(job);
      if (performance.now() > deadline) throw undecided(id);
      await pause(retryDelayMs(retryAfterMs(response.headers)), options.signal);
    }
  }

  /** Sends a request that changes a booking until it is accepted, then waits for its outcome. */
  async function submit(
    path: string,
    request: { path: object; body?: object },
    options: BookingOptions,
  ): Promise<Booking> {
    const { waitSeconds = 10, key = randomKey(), patienceMs = 60_000, signal } = options;
    const deadline = performance.now() + patienceMs;
    const prefer = waitSeconds > 0 ? `wait=${waitSeconds}` : 'respond-async';
    const init = { params: { path: request.path, header: { prefer, 'idempotency-key': key } }, body: request.body };
    const { data, response } = await patiently(() => send('post', path, { ...init, signal }), options);
    if (response.status !== 202) return data as Booking;
    const accepted = data as Job;
    options.onQueued?.(accepted);
    if (!options.live) await pause(retryDelayMs(retryAfterMs(response.headers)), signal);
    const job = await boxoffice.outcome(accepted.id, { ...options, patienceMs: deadline - performance.now() });
    if (job.status === 'succeeded' && job.booking) return job.booking;
    throw new ProblemError(job.problem ?? fault(500, `Job ${job.id} is ${job.status} and gives no reason.`));
  }

  return boxoffice;
}

function isDecided({ status }: Job): boolean {
  return status !== 'queued' && status !== 'active';
}

const undecided = (id: string) => new NoAnswerError(new Error(`Job ${id} has not been decided yet`));

/** A random Idempotency-Key. Browsers have `crypto.randomUUID()` in secure contexts only. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
