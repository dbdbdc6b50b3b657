import type { ReactNode } from 'react';
import { Heading } from '../lib/heading.tsx';

/** The heading of a view, with its actions. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="page-head">
      <Heading title={title} />
      {children && <div className="buttons">{children}</div>}
    </div>
  );
}
