import { ShowCreateBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const createShow = operation({
  method: 'POST',
  path: '/api/admin/shows/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCreateShow',
  summary: 'Create a show',
  description:
    'Either on a screen (`screen_id`), whose present name and layout it keeps, or in rows of its own (`screen_name`, ' +
    '`total_seats`, `seats_per_row`), whose seats A1, A2, … have the category `standard`. With `prices`, one for each ' +
    'category, it is paid at the counter; otherwise it is free. Shows on one screen must not overlap, time to clean up ' +
    'included: the 409 names the other show. `Location` is the new show.',
  body: ShowCreateBody,
  success: { 201: ShowView.describe('The new show') },
  errors: ['screen_busy'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'createShow'> }) =>
    async (request, reply) => {
      const show = await catalogEditor.createShow(request.body, authorOf(request));
      return reply.code(201).header('location', `/api/admin/shows/${show.id}/`).send(show);
    },
});
