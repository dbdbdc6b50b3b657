import { type ReactNode, useEffect, useState } from 'react';
import { formatDuration, formatNumber } from '../../lib/format.ts';
import { Outage } from '../../lib/notices.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';

const refreshMs = 2_000;
/** Points of the sparkline, one per refresh. */
const historyLength = 60;

/** The booking queues: how much is waiting, and how fast requests are decided. */
export function QueueStatus() {
  const { data, outage, problem } = useAdminQuery(
    'queues',
    (signal) => boxoffice.get('/api/admin/queues/', { signal }),
    { refreshMs },
  );
  const [history, setHistory] = useState<number[]>([]);
  useEffect(() => {
    if (data) setHistory((earlier) => [...earlier, data.waiting_jobs].slice(-historyLength));
  }, [data]);
  const decision = data?.decision_seconds;
  return (
    <section aria-labelledby="queue">
      <h2 id="queue">Queue</h2>
      <Outage message={outage ?? problem?.message} />
      <dl className="figures">
        <Figure name="Queue depth" value={data && formatNumber(data.waiting_jobs)}>
          <Sparkline values={history} />
        </Figure>
        <Figure name="Oldest request" value={data && formatDuration(data.oldest_seconds)} />
        <Figure name="Decision time, median" value={decision && formatDuration(decision.median)} />
        <Figure name="Decision time, p95" value={decision && formatDuration(decision.p95)} />
      </dl>
      {data && !decision && <p className="muted">No decisions in the last minute.</p>}
    </section>
  );
}

function Figure({ name, value, children }: { name: string; value: string | null | undefined; children?: ReactNode }) {
  return (
    <div className="card">
      <dt>{name}</dt>
      <dd>
        {value ?? '–'}
        {children}
      </dd>
    </div>
  );
}

/** Recent values as a line, the latest at the right. */
function Sparkline({ values }: { values: number[] }) {
  const max = Math.max(1, ...values);
  const step = 120 / (historyLength - 1);
  const first = 120 - (values.length - 1) * step;
  const points = values.map((value, index) => `${first + index * step},${30 - (value / max) * 28}`);
  return (
    <svg className="sparkline" viewBox="0 0 120 32" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
