import { ScreenBody, ScreenView } from '@boxoffice/shared/contracts/screens';
import type { CatalogEditor } from '../../catalog/index.ts';
import { operation } from '../../http/operation.ts';
import { authorOf } from '../author.ts';

export const createScreen = operation({
  method: 'POST',
  path: '/api/admin/screens/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCreateScreen',
  summary: 'Create a screen',
  description:
    'The layout is one string per row, from the front; `legend` says what its characters stand for, and `_` is a gap. ' +
    'Rows are labelled A, B, … and seats counted from 1, gaps not counted; a row of gaps is an aisle and takes no label. ' +
    '`Location` is the new screen.',
  body: ScreenBody,
  success: { 201: ScreenView.describe('The new screen') },
  errors: ['screen_name_taken'],
  needs: ['catalog'],
  handler:
    ({ catalogEditor }: { catalogEditor: Pick<CatalogEditor, 'createScreen'> }) =>
    async (request, reply) => {
      const screen = await catalogEditor.createScreen(request.body, authorOf(request));
      return reply.code(201).header('location', `/api/admin/screens/${screen.id}/`).send(screen);
    },
});
