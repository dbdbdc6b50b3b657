import { formatCount } from '../../lib/format.ts';
import { navigate, useLocation } from '../../lib/router.tsx';
import { pageSize } from './use-list.ts';

/** The number of entries, and buttons to turn pages. */
export function Pager({ count, noun }: { count: number; noun: string }) {
  const { path, query } = useLocation();
  const page = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(count / pageSize));
  const turnTo = (next: number) => {
    query.set('page', String(next));
    navigate(`${path}?${query}`);
  };
  return (
    <nav className="pager" aria-label="Pages">
      <p role="status">
        {formatCount(count, noun)}
        {last > 1 && `, page ${page} of ${last}`}
      </p>
      {last > 1 && (
        <div className="buttons">
          <button type="button" disabled={page <= 1} onClick={() => turnTo(page - 1)}>
            Previous
          </button>
          <button type="button" disabled={page >= last} onClick={() => turnTo(page + 1)}>
            Next
          </button>
        </div>
      )}
    </nav>
  );
}
