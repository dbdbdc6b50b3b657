import type { ReactNode } from 'react';

/** A temporary outage. Rendered even when there is none: screen readers announce changes of what is already there. */
export function Outage({ message }: { message: string | undefined }) {
  return (
    <p className="notice" role="status">
      {message}
    </p>
  );
}

/** An error that needs the user's attention. */
export function ErrorMessage({ message }: { message: string | undefined }) {
  return (
    <p className="error" role="alert">
      {message}
    </p>
  );
}

export function Loading({ what }: { what: string }) {
  return <p className="muted">Loading {what} …</p>;
}

/** Shown in place of a list that has no entries: says so, and what to do next. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children && <p>{children}</p>}
    </div>
  );
}
