import type { ReactNode } from 'react';

/** A table that may be wider than the screen. */
export function WideTable({ name, children }: { name: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled must be scrolled by keyboard too
    <section className="scroll" aria-label={name} tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
