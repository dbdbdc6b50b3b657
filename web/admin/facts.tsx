import type { ReactNode } from 'react';
import './facts.css';

/** What is known about one thing, as a list of names and values; of two columns where there is room and much is known. */
export function Facts({ isWide = false, children }: { isWide?: boolean; children: ReactNode }) {
  return <dl className={isWide ? 'card facts wide' : 'card facts'}>{children}</dl>;
}

/** Nothing without a value. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
