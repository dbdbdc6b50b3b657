import { type ReactNode, useEffect, useRef } from 'react';

/** A view's heading. It takes the focus when the view is come to, so that readers begin there, and names the tab. */
export function Heading({ text, children }: { text: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} · Boxoffice Admin`;
    heading.current?.focus({ preventScroll: true });
  }, [text]);
  return (
    <div className="heading">
      <h1 ref={heading} tabIndex={-1}>
        {text}
      </h1>
      {children && <div className="buttons">{children}</div>}
    </div>
  );
}
