import { QueuesView } from '@boxoffice/shared/contracts/dashboard';
import type { Http } from '@boxoffice/shared/service/http';
import { requireAdmin } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';

const schema = {
  tags: ['Admin'],
  operationId: 'adminGetQueues',
  summary: 'What waits, and how fast it is decided',
  description: 'As it is now, over all gateways and workers. The queues themselves are to be seen at `/ops/queues/`.',
  security: [{ bearer: [] }],
  response: {
    200: QueuesView,
    ...problems('unauthenticated', 'forbidden', 'internal_error', 'queue_unavailable', 'database_unavailable'),
  },
};

/** GET /api/admin/queues/ */
export function adminQueues(http: Http, { queue }: Pick<Parts, 'queue'>): void {
  http.get('/api/admin/queues/', { schema, onRequest: requireAdmin }, async (): Promise<QueuesView> => {
    const looks = await queue.snapshot();
    const decisionMs = looks.flatMap((look) => look.decisionMs).sort((a, b) => a - b);
    const partitions = looks.map(({ decisionMs: _, ...look }) => look);
    return {
      waiting_jobs: partitions.reduce((sum, { waiting_jobs }) => sum + waiting_jobs, 0),
      oldest_seconds: Math.max(...partitions.map(({ oldest_seconds }) => oldest_seconds)),
      decision_seconds: decisionMs.length === 0 ? null : spread(decisionMs),
      partitions,
    };
  });
}

/** @param sortedMs shortest first, one at least */
function spread(sortedMs: number[]): QueuesView['decision_seconds'] {
  const at = (share: number) => (sortedMs[Math.ceil(share * sortedMs.length) - 1] ?? 0) / 1_000;
  return { jobs: sortedMs.length, median: at(0.5), p95: at(0.95), slowest: at(1) };
}
