import { DashboardQuery, DashboardView } from '@boxoffice/shared/contracts/dashboard';
import type { Http } from '@boxoffice/shared/service/http';
import { requireAdmin } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { viewSales } from '../view-sales.ts';

const schema = {
  tags: ['Admin'],
  operationId: 'adminGetDashboard',
  summary: 'What was sold',
  description: 'Per day, per show, and how full the next shows are.',
  security: [{ bearer: [] }],
  querystring: DashboardQuery,
  response: {
    200: DashboardView,
    ...problems(
      'validation_failed',
      'unauthenticated',
      'forbidden',
      'internal_error',
      'catalog_unavailable',
      'database_unavailable',
    ),
  },
};

/** GET /api/admin/dashboard/ */
export function adminDashboard(http: Http, parts: Pick<Parts, 'catalog' | 'sales'>): void {
  http.get('/api/admin/dashboard/', { schema, onRequest: requireAdmin }, (request) =>
    viewSales(parts, request.query, request.id),
  );
}
