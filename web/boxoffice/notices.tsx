import type { ReactNode } from 'react';
import { Heading, Link } from './router.tsx';

/** Says, and reads out, what is out of order for the moment. Empty it still listens. */
export function Trouble({ text }: { text: string | undefined }) {
  return (
    <p className="trouble" role="status">
      {text}
    </p>
  );
}

export function Loading({ of }: { of: string }) {
  return <p className="quiet">Looking for {of} …</p>;
}

/** A page that there is not. */
export function Nowhere({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className="narrow">
      <Heading title={title} />
      <p className="quiet">{children}</p>
      <p>
        <Link to="/">What is playing</Link>
      </p>
    </section>
  );
}
