import { AuditPage, AuditQuery } from '@boxoffice/shared/contracts/audit';
import type { Http } from '@boxoffice/shared/service/http';
import { requireAdmin } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Parts } from '../../parts.ts';

const schema = {
  tags: ['Admin'],
  operationId: 'adminListAudit',
  summary: 'What administrators changed, newest first',
  description:
    'A line for each movie, show, user and booking that an administrator changed, written in the transaction of the ' +
    'change. Nothing can change or remove a line.',
  security: [{ bearer: [] }],
  querystring: AuditQuery,
  response: {
    200: AuditPage.describe('A page of lines'),
    ...problems('validation_failed', 'unauthenticated', 'forbidden', 'internal_error', 'database_unavailable'),
  },
};

/** GET /api/admin/audit/ */
export function adminAudit(http: Http, { auditLines }: Pick<Parts, 'auditLines'>): void {
  http.get('/api/admin/audit/', { schema, onRequest: requireAdmin }, async (request) => {
    const { page, page_size } = request.query;
    const { count, results } = await auditLines.list(request.query);
    return { count, ...pageLinks(request, page, page_size, count), results };
  });
}
