import type { Http } from '@boxoffice/shared/service/http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Parts } from '../parts.ts';
import { requireOperator } from './operators.ts';

const path = '/ops/queues';

/**
 * Bull Board on every partition, for administrators. Read-only: to retry or promote a job by hand
 * would take it out of the order that was promised.
 */
export function addOperatorsBoard(http: Http, parts: Parts): void {
  const board = new FastifyAdapter();
  board.setBasePath(path);
  createBullBoard({
    queues: parts.queue.queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Boxoffice' } },
  });
  void http.register(async (pages) => {
    pages.addHook('onRequest', requireOperator(parts));
    pages.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
      // The board has an error handler of its own, which would show a stack to anyone.
      route.errorHandler = http.errorHandler;
    });
    // Its fonts would come from Google's servers; without them it takes the system's.
    pages.addHook('onSend', async (_request, reply, payload) =>
      typeof payload === 'string' && /html/.test(String(reply.getHeader('content-type')))
        ? payload.replaceAll(/<link\b[^>]*fonts\.(googleapis|gstatic)\.com[^>]*>/g, '')
        : payload,
    );
    await pages.register(board.registerPlugin(), { prefix: path });
  });
}
