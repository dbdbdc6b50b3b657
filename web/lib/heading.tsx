import { useEffect, useRef } from 'react';

/** As the HTML file names it: `Boxoffice` or `Boxoffice Admin`. */
const appName = document.title;
let isFirst = true;

/**
 * The heading and title of a view. It takes the focus when the view replaces another, so that screen readers
 * announce it and the keyboard continues from there. Browsers do the same when a page loads.
 */
export function Heading({ title }: { title: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${appName}`;
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {title}
    </h1>
  );
}
