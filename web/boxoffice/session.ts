/**
 * Who is signed in, and the client that asks in their name.
 *
 * The tokens are in localStorage: a reload and a second tab find them. A script that found its way into
 * the page could read them there, but the page's policy lets no script run that is not ours, and such a
 * script could do all it wants in the user's name without reading them. A cookie would need a defence
 * against forged requests in turn. A refresh token is good for one use, and a second use ends the login:
 * so tabs take turns (Web Locks), and whoever comes second finds the new tokens in the store. Where
 * there are no locks (plain HTTP, but on localhost) two tabs that refresh at once may have to sign in
 * again, and that is all.
 */
import { createBoxoffice, storedTokens, type TokenStore } from '@boxoffice/client';
import { useSyncExternalStore } from 'react';

/** The user as their access token names them. */
export interface Visitor {
  username: string;
}

const store = storedTokens(localStorage);
const listeners = new Set<() => void>();

const tokens: TokenStore = {
  ...store,
  write(next) {
    store.write(next);
    tell();
  },
};

export const boxoffice = createBoxoffice({ url: '', tokens });

/** Who is signed in, in this tab or by now in another; null: nobody. */
export function useVisitor(): Visitor | null {
  const username = useSyncExternalStore(subscribe, readUsername);
  return username === null ? null : { username };
}

function readUsername(): string | null {
  const { access } = store.read() ?? {};
  if (!access) return null;
  const payload = access.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return (JSON.parse(new TextDecoder().decode(bytes)) as Visitor).username;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

// Other tabs sign in and out, too.
addEventListener('storage', tell);
