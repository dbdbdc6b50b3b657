/** Navigation within one app without loading the page again: every view has an address of its own. */
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';

/** `/boxoffice` or `/admin` */
const base = location.pathname.replace(/^(\/\w+).*/, '$1');
const listeners = new Set<() => void>();

/** The current path below the base, without a trailing slash, and the query. */
export function useLocation(): { path: string; query: URLSearchParams } {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  const { pathname, searchParams } = new URL(address, location.origin);
  return { path: pathname.slice(base.length).replace(/\/$/, '') || '/', query: searchParams };
}

/** @param to a path below the base, with its query: `/movies?page=2` */
export function navigate(to: string): void {
  history.pushState(null, '', base + to);
  notify();
  scrollTo(0, 0);
}

/** A link to a path below the base. */
export function Link({ to, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={base + to} onClick={follow} {...rest} />;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(): void {
  for (const listener of listeners) listener();
}

addEventListener('popstate', notify);
