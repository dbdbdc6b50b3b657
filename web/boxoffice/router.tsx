import {
  type AnchorHTMLAttributes,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'react';

const base = '/boxoffice';
let moved = false;

/** Where the visitor is: the path behind `/boxoffice`, without a slash at its end, and the query. */
export function useLocation(): { path: string; query: URLSearchParams } {
  const href = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  const { pathname, searchParams } = new URL(href, location.origin);
  return { path: pathname.slice(base.length).replace(/\/$/, '') || '/', query: searchParams };
}

/** Goes to a path behind `/boxoffice`. */
export function navigate(to: string, { replace = false } = {}): void {
  moved = true;
  history[replace ? 'replaceState' : 'pushState'](null, '', base + to);
  dispatchEvent(new Event('navigate-here'));
  scrollTo(0, 0);
}

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener('navigate-here', listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener('navigate-here', listener);
  };
}

/** A link to a path behind `/boxoffice`, without loading the page anew. */
export function Link({ to, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={base + to} onClick={follow} {...rest} />;
}

/** The page's heading and title. After a move it takes the focus, so that it is read out, and what follows is next. */
export function Heading({ title, children }: { title: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Boxoffice`;
    if (moved) heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
