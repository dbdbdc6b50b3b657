import type { Http } from '@boxoffice/shared/service/http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import { type OperatorDependencies, requireOperator } from './operators.ts';

export interface BoardDependencies extends OperatorDependencies {
  queue: { readonly queues: Queue[]; onArranged(listener: () => void): void };
  payments: { queue: Queue };
}

const path = '/ops/queues';

/**
 * Bull Board for every partition and for the queue of payment jobs, for administrators. Read-only: retrying or promoting a
 * job by hand would break the promised order.
 */
export function addOperatorsBoard(http: Http, { queue, payments, ...operators }: BoardDependencies): void {
  const board = new FastifyAdapter();
  board.setBasePath(path);
  const adapters = () =>
    [...queue.queues, payments.queue].map((queue) => new BullMQAdapter(queue, { readOnlyMode: true }));
  const { replaceQueues } = createBullBoard({
    queues: adapters(),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Boxoffice' } },
  });
  queue.onArranged(() => {
    replaceQueues([]); // queues that it keeps would keep their positions, but payments must come last
    replaceQueues(adapters());
  });
  void http.register(async (pages) => {
    pages.addHook('onRequest', requireOperator(operators));
    pages.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
      // The board's own error handler would show stack traces to everyone.
      route.errorHandler = http.errorHandler;
    });
    // Its fonts would be loaded from Google; without them it uses the system's.
    pages.addHook('onSend', async (_request, reply, payload) =>
      typeof payload === 'string' && /html/.test(String(reply.getHeader('content-type')))
        ? payload.replaceAll(/<link\b[^>]*fonts\.(googleapis|gstatic)\.com[^>]*>/g, '')
        : payload,
    );
    await pages.register(board.registerPlugin(), { prefix: path });
  });
}
