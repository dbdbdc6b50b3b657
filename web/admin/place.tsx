/** Where in the portal one is: the path under /admin/ and its query, so that every view has an address. */
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';

const base = '/admin/';

export interface Place {
  /** `['movies', '7']` for /admin/movies/7 */
  rooms: string[];
  query: URLSearchParams;
}

const listeners = new Set<() => void>();
const tellAll = () => {
  for (const listener of listeners) listener();
};
window.addEventListener('popstate', tellAll);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePlace(): Place {
  const address = useSyncExternalStore(subscribe, () => window.location.pathname + window.location.search);
  const { pathname, searchParams } = new URL(address, window.location.origin);
  return { rooms: pathname.slice(base.length).split('/').filter(Boolean), query: searchParams };
}

/** @param path below /admin/, with its query: `movies?page=2` */
export function go(path: string, { replace = false } = {}): void {
  window.history[replace ? 'replaceState' : 'pushState'](null, '', base + path);
  tellAll();
  if (!replace) window.scrollTo(0, 0);
}

/** A link within the portal. */
export function Link({ to, ...props }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return <a href={base + to} onClick={follow} {...props} />;
}
