/** The tokens of a login. Without `refresh` the login ends with the access token, after 15 minutes. */
export interface Tokens {
  access: string;
  refresh?: string;
}

/** Where a client keeps its tokens; null means "not logged in". */
export interface TokenStore {
  read(): Tokens | null;
  write(tokens: Tokens | null): void;
  /**
   * Runs `work` while no other client of the same store runs its own. A refresh token is good for one use,
   * and a second use ends the login, so two tabs must not both refresh.
   */
  exclusively?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Keeps tokens for as long as the process or the page lives. */
export function memoryTokens(tokens: Tokens | null = null): TokenStore {
  return {
    read: () => tokens,
    write: (next) => {
      tokens = next;
    },
  };
}

/** Keeps tokens in a browser's `localStorage` or `sessionStorage`, shared by all tabs that have access to it. */
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
    // Browsers have locks only in secure contexts (HTTPS, localhost).
    exclusively: async (work) => (navigator.locks ? await navigator.locks.request(key, work) : await work()),
  };
}
