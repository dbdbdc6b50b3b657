/**
 * The signed-in user, and the API client that acts on their behalf.
 *
 * The tokens are kept in localStorage, so that they survive a reload and are shared between tabs. A script
 * injected into the page could read them there, but the content security policy runs no script except ours,
 * and an injected script could act on the user's behalf without reading them. Cookies would need protection
 * against forged requests instead. A refresh token can be used once; using it twice ends the login. So tabs
 * take turns (Web Locks), and the second one finds the new tokens in the store. Without locks (plain HTTP,
 * except on localhost), two tabs that refresh at the same moment may have to sign in again, nothing worse.
 */
import { createBoxoffice, storedTokens, type TokenStore } from '@boxoffice/client';
import { useSyncExternalStore } from 'react';

const store = storedTokens(localStorage);
const listeners = new Set<() => void>();

const tokens: TokenStore = {
  ...store,
  write(next) {
    store.write(next);
    notify();
  },
};

export const boxoffice = createBoxoffice({ url: '', tokens });

/** The name of the user signed in, in this tab or another; null when nobody is. */
export function useUsername(): string | null {
  return useSyncExternalStore(subscribe, readUsername);
}

/** Signs out. The tokens are removed from this browser even when the server cannot be reached. */
export async function signOut(): Promise<void> {
  // Chosen seats and unfinished bookings belong to the user who signs out.
  sessionStorage.clear();
  await boxoffice.logOut().catch(() => {});
}

function readUsername(): string | null {
  const { access } = store.read() ?? {};
  if (!access) return null;
  const payload = access.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return (JSON.parse(new TextDecoder().decode(bytes)) as { username: string }).username;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(): void {
  for (const listener of listeners) listener();
}

// Other tabs sign in and out, too.
addEventListener('storage', notify);
