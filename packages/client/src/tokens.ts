/** What a login gave; without `refresh` it ends with the access token, after a quarter of an hour. */
export interface Tokens {
  access: string;
  refresh?: string;
}

/** Where a client keeps its tokens; null is "not logged in". */
export interface TokenStore {
  read(): Tokens | null;
  write(tokens: Tokens | null): void;
  /**
   * Does the work while nobody else who shares the store does theirs. A refresh token is good for one
   * use, and a second use ends the login: two tabs must not both try.
   */
  exclusively?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Tokens that are gone with the process, or the page. */
export function memoryTokens(tokens: Tokens | null = null): TokenStore {
  return {
    read: () => tokens,
    write: (next) => {
      tokens = next;
    },
  };
}

/** Tokens in a browser's `localStorage` or `sessionStorage`, shared by the tabs that share it. */
export function storedTokens(
  storage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  },
  key = 'boxoffice.tokens',
): TokenStore {
  return {
    read: () => JSON.parse(storage.getItem(key) ?? 'null') as Tokens | null,
    write: (tokens) => (tokens ? storage.setItem(key, JSON.stringify(tokens)) : storage.removeItem(key)),
    // Browsers have locks in secure contexts only (HTTPS, localhost).
    exclusively: async (work) => (navigator.locks ? await navigator.locks.request(key, work) : await work()),
  };
}
