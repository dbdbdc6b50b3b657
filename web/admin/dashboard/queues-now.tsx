import { useEffect, useState } from 'react';
import { useAnswer } from '../answer.ts';
import { boxoffice } from '../boxoffice.ts';
import { Trouble } from '../form.tsx';
import { durationText, numberText } from '../words.ts';

const everyMs = 2_000;
/** Looks that the line remembers. */
const remembered = 60;

/** What waits and how fast it is decided, as it is now. */
export function QueuesNow() {
  const { data, error } = useAnswer('queues', (signal) => boxoffice.get('/api/admin/queues/', { signal }), { everyMs });
  const [history, setHistory] = useState<number[]>([]);
  useEffect(() => {
    if (data) setHistory((before) => [...before, data.waiting_jobs].slice(-remembered));
  }, [data]);
  const decision = data?.decision_seconds;
  return (
    <section aria-labelledby="now">
      <h2 id="now">Now</h2>
      <Trouble error={error} />
      <dl className="figures">
        <div className="card">
          <dt>Jobs that wait</dt>
          <dd>
            {data ? numberText(data.waiting_jobs) : '–'}
            <Line values={history} />
          </dd>
        </div>
        <div className="card">
          <dt>The eldest waits for</dt>
          <dd>{data ? durationText(data.oldest_seconds) : '–'}</dd>
        </div>
        <div className="card">
          <dt>Decided within, half of them</dt>
          <dd>{decision ? durationText(decision.median) : '–'}</dd>
        </div>
        <div className="card">
          <dt>Decided within, 95 of 100</dt>
          <dd>{decision ? durationText(decision.p95) : '–'}</dd>
        </div>
      </dl>
      {data && !decision && <p className="muted">Nothing was decided in the last minute.</p>}
    </section>
  );
}

/** The last looks as a line, the newest to the right. */
function Line({ values }: { values: number[] }) {
  const most = Math.max(1, ...values);
  const step = 120 / (remembered - 1);
  const first = 120 - (values.length - 1) * step;
  const points = values.map((value, index) => `${first + index * step},${30 - (value / most) * 28}`);
  return (
    <svg className="line" viewBox="0 0 120 32" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
