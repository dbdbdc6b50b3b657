import createHttp, {
  type Client,
  type ClientPathsWithMethod,
  type MaybeOptionalInit,
  type MethodResponse,
} from 'openapi-fetch';
import type { HttpMethod, RequiredKeysOf } from 'openapi-typescript-helpers';
import { fault, NoAnswerError, ProblemError, problemErrorOf, retryAfterMs } from './errors.ts';
import { type Patience, patiently, pause, politePauseMs } from './patiently.ts';
import type { Booking, Job, LoginInput, paths, SignupInput, User } from './schema.ts';
import { memoryTokens, type TokenStore, type Tokens } from './tokens.ts';

/** One answer may take this long, in milliseconds: more than the longest `Prefer: wait`. */
const answerTimeoutMs = 35_000;

export interface BoxofficeOptions {
  /** Where the gateway answers; in a browser "" is the page's own server. */
  url: string;
  /** Where tokens are kept; in memory unless given. */
  tokens?: TokenStore;
}

export interface BookingOptions extends Patience {
  /** How long the server may hold its answer until the outcome, in seconds: 10 unless given; 0: not at all. */
  waitSeconds?: number;
  /** Idempotency-Key; a random one unless given. Whoever comes back with it finds the same request again. */
  key?: string;
  /** Told when it was accepted and has no outcome yet, and of every later look at its place in the line. */
  onQueued?: (job: Job) => void;
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

/** What the operations may take, whichever it is. */
interface AskInit {
  params?: object;
  body?: object | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | null | undefined;
}

/** A client of one gateway, for one user at a time. */
export function createBoxoffice({ url, tokens = memoryTokens() }: BoxofficeOptions) {
  const http = createHttp<paths>({ baseUrl: url });
  const exclusively = tokens.exclusively ?? ((work) => work());
  let refreshing: Promise<Tokens | null> | undefined;

  /** Sends a request in the user's name, again with the next access token when the first is not good any more. */
  async function ask(
    method: HttpMethod,
    path: string,
    init: AskInit = {},
  ): Promise<{ data?: unknown; response: Response }> {
    const held = tokens.read();
    let answer = await send(method, path, init, held);
    if (held && codeOf(answer.error) === 'unauthenticated') {
      const next = await nextTokens(held);
      if (next) answer = await send(method, path, init, next);
    }
    if (!answer.response.ok) throw problemErrorOf(answer.response, answer.error);
    return answer;
  }

  async function send(method: HttpMethod, path: string, init: AskInit, sender: Tokens | null) {
    const { signal, headers, ...more } = init;
    const timeout = AbortSignal.timeout(answerTimeoutMs);
    try {
      // The types are those of the methods below: here every operation is alike.
      return (await http.request(
        method,
        path as never,
        {
          ...more,
          headers: { ...(sender && { authorization: `Bearer ${sender.access}` }), ...headers },
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        } as never,
      )) as { data?: unknown; error?: unknown; response: Response };
    } catch (error) {
      signal?.throwIfAborted();
      throw new NoAnswerError(error);
    }
  }

  /** One refresh at a time; whoever comes meanwhile gets what it gave. Null: log in again. */
  function nextTokens(spent: Tokens): Promise<Tokens | null> {
    refreshing ??= exclusively(() => refresh(spent)).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function refresh(spent: Tokens): Promise<Tokens | null> {
    const held = tokens.read();
    // Somebody else who shares the store has been here before.
    if (held?.access !== spent.access) return held;
    if (!held.refresh) return null;
    const { data, error, response } = await send(
      'post',
      '/api/auth/refresh/',
      { body: { refresh: held.refresh } },
      null,
    );
    if (!response.ok && codeOf(error) !== 'invalid_refresh_token') throw problemErrorOf(response, error);
    tokens.write((data as Tokens | undefined) ?? null);
    return tokens.read();
  }

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
      await refreshing?.catch(() => undefined);
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
     * Asks what became of a request until it is decided, as often as the server allows.
     *
     * @returns the job: succeeded, rejected or failed
     * @throws {ProblemError}
     * @throws {NoAnswerError} when the patience ends first
     */
    async outcome(id: string, { patienceMs = 60_000, onQueued, ...options }: BookingOptions = {}): Promise<Job> {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const left = { ...options, patienceMs: deadline - performance.now() };
        const { data, response } = await patiently(
          () => ask('get', '/api/jobs/{id}/', { params: { path: { id } } }),
          left,
        );
        const job = data as Job;
        if (job.status !== 'queued' && job.status !== 'active') return job;
        onQueued?.(job);
        if (performance.now() > deadline) throw new NoAnswerError(new Error(`Job ${id} is ${job.status} still`));
        await pause(politePauseMs(retryAfterMs(response.headers)), options.signal);
      }
    },
  };

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
    await pause(politePauseMs(retryAfterMs(response.headers)), signal);
    const job = await boxoffice.outcome(accepted.id, { ...options, patienceMs: deadline - performance.now() });
    if (job.status === 'succeeded' && job.booking) return job.booking;
    throw new ProblemError(job.problem ?? fault(500, `Job ${job.id} is ${job.status} and does not say why.`));
  }

  return boxoffice;
}

function codeOf(body: unknown): unknown {
  return (body as { code?: unknown } | undefined)?.code;
}

/** As unguessable as `crypto.randomUUID()`, which browsers have in secure contexts only. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
