import { IdParams, ShowView } from '@boxoffice/shared/contracts/catalog';
import { operation } from '../../http/operation.ts';
import { cached } from '../cached-responses.ts';
import { exactAvailability, type PublicCatalog, showOf } from './public-catalog.ts';

export const getShow = operation({
  method: 'GET',
  path: '/api/shows/:id/',
  auth: 'none',
  tag: 'Shows',
  id: 'getShow',
  summary: 'Get a show',
  description: exactAvailability,
  params: IdParams,
  success: { 200: ShowView.describe('The show') },
  errors: ['show_not_found'],
  needs: ['catalog'],
  hooks: ({ responses }: PublicCatalog) => cached(responses, showOf),
  handler:
    ({ catalog }: PublicCatalog) =>
    (request) =>
      catalog.getShow(request.params.id, request.id),
});
