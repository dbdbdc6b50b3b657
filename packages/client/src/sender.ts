import createHttp from 'openapi-fetch';
import type { HttpMethod } from 'openapi-typescript-helpers';
import { NoAnswerError, problemErrorOf } from './errors.ts';
import type { paths } from './schema.ts';
import type { TokenStore, Tokens } from './tokens.ts';

/** One answer may take this long, in milliseconds: more than the longest `Prefer: wait`. */
const answerTimeoutMs = 35_000;

/** What the operations may take, whichever it is. */
export interface AskInit {
  params?: object;
  body?: object | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | null | undefined;
  parseAs?: 'stream';
}

/** What sends requests to one gateway, in the name of the user whose tokens these are. */
export function createSender(url: string, tokens: TokenStore) {
  const http = createHttp<paths>({
    baseUrl: url,
    Request: Call as unknown as typeof Request,
    fetch: (call) => fetch(call.url, (call as unknown as Call).init),
  });
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
    try {
      // The types are those of the methods below: here every operation is alike.
      return (await http.request(
        method,
        path as never,
        {
          ...more,
          headers: { ...(sender && { authorization: `Bearer ${sender.access}` }), ...headers },
          // A stream has no end: whoever reads it watches over it.
          signal: init.parseAs === 'stream' ? signal : withTimeout(signal, answerTimeoutMs),
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

  return {
    ask,
    /** Resolves when no renewal of the tokens is under way. */
    settled: async () => void (await refreshing?.catch(() => undefined)),
  };
}

/** In place of a Request, which fetch would only take apart again: in a rush that counts. */
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

/** A signal that is aborted with the other one, or after this time. */
export function withTimeout(signal: AbortSignal | null | undefined, timeoutMs: number): AbortSignal | undefined {
  const timeout = timeoutMs < 2 ** 31 ? AbortSignal.timeout(Math.max(Math.round(timeoutMs), 0)) : undefined;
  return signal && timeout ? AbortSignal.any([signal, timeout]) : (signal ?? timeout);
}

function codeOf(body: unknown): unknown {
  return (body as { code?: unknown } | undefined)?.code;
}
