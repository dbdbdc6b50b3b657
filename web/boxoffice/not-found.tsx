import type { ReactNode } from 'react';
import { Heading } from '../lib/heading.tsx';
import { Link } from '../lib/router.tsx';

/** A page in place of one that does not exist, or not for this user. */
export function NotFound({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="narrow">
      <Heading title={title} />
      <p className="muted">{children}</p>
      <p>
        <Link to="/">See what’s on</Link>
      </p>
    </section>
  );
}
