import { AuditPage, AuditQuery } from '@boxoffice/shared/contracts/audit';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { AuditLines } from '../audit-lines.ts';

export const listAuditLines = operation({
  method: 'GET',
  path: '/api/admin/audit/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminListAuditLines',
  summary: 'List the changes of administrators',
  description:
    'Newest first: one line for each movie, show, user or booking that an administrator changed, written in the same ' +
    'transaction as the change. Lines cannot be changed or removed.',
  querystring: AuditQuery,
  success: { 200: AuditPage.describe('A page of lines') },
  needs: ['database'],
  handler:
    ({ auditLines }: { auditLines: Pick<AuditLines, 'list'> }) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await auditLines.list(request.query);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
});
