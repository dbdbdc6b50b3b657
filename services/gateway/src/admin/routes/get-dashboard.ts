import { DashboardQuery, DashboardView } from '@boxoffice/shared/contracts/dashboard';
import { operation } from '../../http/operation.ts';
import { type ViewSalesDependencies, viewSales } from '../view-sales.ts';

export const getDashboard = operation({
  method: 'GET',
  path: '/api/admin/dashboard/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetDashboard',
  summary: 'Get the dashboard',
  description: 'Sales per day and per show, and how full the next shows are.',
  querystring: DashboardQuery,
  success: { 200: DashboardView.describe('The dashboard') },
  needs: ['catalog', 'database'],
  handler: (dependencies: ViewSalesDependencies) => (request) => viewSales(dependencies, request.query, request.id),
});
