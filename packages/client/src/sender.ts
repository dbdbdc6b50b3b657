import createHttp from 'openapi-fetch';
import type { HttpMethod } from 'openapi-typescript-helpers';
import { NoAnswerError, problemErrorOf } from './errors.ts';
import type { paths } from './schema.ts';
import { createServerClock } from './server-clock.ts';
import type { TokenStore, Tokens } from './tokens.ts';

/** How long one response may take, in milliseconds: more than the longest `Prefer: wait`. */
const responseTimeoutMs = 35_000;

/** Options of any operation. */
export interface SendInit {
  params?: object;
  body?: object | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | null | undefined;
  parseAs?: 'stream';
}

/** Sends requests to one gateway as the user whose tokens these are. */
export function createSender(url: string, tokens: TokenStore) {
  const http = createHttp<paths>({
    baseUrl: url,
    Request: Call as unknown as typeof Request,
    async fetch(call) {
      const response = await fetch(call.url, (call as unknown as Call).init);
      clock.observe(response);
      return response;
    },
  });
  const clock = createServerClock();
  const exclusively = tokens.exclusively ?? ((work) => work());
  let refreshing: Promise<Tokens | null> | undefined;

  /** Sends a request as the user. When the access token is no longer accepted, refreshes it and sends the request again. */
  async function sendAsUser(
    method: HttpMethod,
    path: string,
    init: SendInit = {},
  ): Promise<{ data?: unknown; response: Response }> {
    const held = tokens.read();
    let result = await send(method, path, init, held);
    if (held && codeOf(result.error) === 'unauthenticated') {
      const next = await nextTokens(held);
      if (next) result = await send(method, path, init, next);
    }
    if (!result.response.ok) throw problemErrorOf(result.response, result.error);
    return result;
  }

  async function send(method: HttpMethod, path: string, init: SendInit, sender: Tokens | null) {
    const { signal, headers, ...more } = init;
    try {
      // Operations are typed in client.ts; here they are all alike.
      return (await http.request(
        method,
        path as never,
        {
          ...more,
          headers: { ...(sender && { authorization: `Bearer ${sender.access}` }), ...headers },
          // A stream has no end; its reader watches for silence.
          signal: init.parseAs === 'stream' ? signal : withTimeout(signal, responseTimeoutMs),
        } as never,
      )) as { data?: unknown; error?: unknown; response: Response };
    } catch (error) {
      signal?.throwIfAborted();
      throw new NoAnswerError(error);
    }
  }

  /** Refreshes once at a time; concurrent callers share the result. Null means that the login has ended. */
  function nextTokens(spent: Tokens): Promise<Tokens | null> {
    refreshing ??= exclusively(() => refresh(spent)).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function refresh(spent: Tokens): Promise<Tokens | null> {
    const held = tokens.read();
    // Another client that shares the store has refreshed them already.
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

  return {
    send: sendAsUser,
    now: clock.now,
    /** Resolves when no refresh is in progress. */
    settled: async () => void (await refreshing?.catch(() => undefined)),
  };
}

/** Stands in for Request, which costs time to build and which fetch would only take apart again. */
class Call {
  readonly url: string;
  readonly method: string;
  readonly init: RequestInit;

  constructor(url: string, init: RequestInit) {
    this.url = url;
    this.method = init.method ?? 'GET';
    this.init = init;
  }
}

/** A signal that is aborted with the given one or after the timeout, whichever comes first. */
export function withTimeout(signal: AbortSignal | null | undefined, timeoutMs: number): AbortSignal | undefined {
  const timeout = timeoutMs < 2 ** 31 ? AbortSignal.timeout(Math.max(Math.round(timeoutMs), 0)) : undefined;
  return signal && timeout ? AbortSignal.any([signal, timeout]) : (signal ?? timeout);
}

function codeOf(body: unknown): unknown {
  return (body as { code?: unknown } | undefined)?.code;
}
