import type { FormEvent, ReactNode } from 'react';
import { navigate, useLocation } from '../../lib/router.tsx';

/** Fields that filter a list. The values become part of the address. */
export function Filters({ children }: { children: ReactNode }) {
  const { path, query } = useLocation();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
    navigate(`${path}?${new URLSearchParams(entries.filter(([, value]) => value) as [string, string][])}`);
  };
  // The key resets the fields to the values in the address when it changes.
  return (
    <search>
      <form className="filters" key={query.toString()} onSubmit={submit} noValidate>
        {children}
        <button type="submit">Search</button>
      </form>
    </search>
  );
}
