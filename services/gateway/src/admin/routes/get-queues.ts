import { QueuesView } from '@boxoffice/shared/contracts/dashboard';
import type { BookingQueue } from '../../bookings/index.ts';
import { operation } from '../../http/operation.ts';
import { viewQueues } from '../view-queues.ts';

export const getQueues = operation({
  method: 'GET',
  path: '/api/admin/queues/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetQueues',
  summary: 'Get queue depth and decision times',
  description:
    'The current state across all gateways and workers. The queues themselves can be inspected at `/ops/queues/`.',
  success: { 200: QueuesView.describe('The queues') },
  needs: ['queue'],
  handler:
    ({ queue }: { queue: Pick<BookingQueue, 'snapshot'> }) =>
    async () =>
      viewQueues(await queue.snapshot()),
});
