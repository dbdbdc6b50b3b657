import { IdParams } from '@boxoffice/shared/contracts/catalog';
import {
  AdminUserChangeBody,
  AdminUserCreateBody,
  AdminUserPage,
  AdminUserQuery,
  AdminUserReplaceBody,
  AdminUserView,
} from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { z } from 'zod';
import { requireAdmin } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import { pageLinks } from '../../http/paging.ts';
import { changeUser } from '../../identity/change-user.ts';
import { createUser } from '../../identity/create-user.ts';
import { deleteUser } from '../../identity/delete-user.ts';
import { adminUserView } from '../../identity/user-view.ts';
import type { Parts } from '../../parts.ts';
import { authorOf } from '../author.ts';

const forAdmins = { tags: ['Admin'], security: [{ bearer: [] }] };
const always = ['validation_failed', 'unauthenticated', 'forbidden', 'database_unavailable'] as const;
const logInAgain =
  'Whoever is deactivated or gets another password has to log in again: their tokens stop working at once, on every ' +
  'gateway. Another role counts at once as well: an access token with the old one is refused, a refresh gives the next. ' +
  'You cannot deactivate or demote yourself.';

/** Everything under /api/admin/users/, one function per method and path. */
export function adminUserRoutes(http: Http, parts: Pick<Parts, 'accessRevocations' | 'orm' | 'users'>): void {
  list(http, parts);
  create(http, parts);
  read(http, parts);
  change(http, parts);
  replace(http, parts);
  remove(http, parts);
}

function list(http: Http, { users }: Pick<Parts, 'users'>): void {
  const schema = {
    ...forAdmins,
    operationId: 'listUsers',
    summary: 'List users',
    description: 'Users, oldest first.',
    querystring: AdminUserQuery,
    response: { 200: AdminUserPage.describe('A page of users'), ...problems(...always) },
  };
  http.get('/api/admin/users/', { schema, onRequest: requireAdmin }, async (request) => {
    const { count, results } = await users.list(request.query);
    const { page, page_size } = request.query;
    return { count, ...pageLinks(request, page, page_size, count), results: results.map(adminUserView) };
  });
}

function create(http: Http, parts: Pick<Parts, 'orm'>): void {
  const schema = {
    ...forAdmins,
    operationId: 'createUser',
    summary: 'Create a user',
    description: 'Creates a user of either role.',
    body: AdminUserCreateBody,
    response: {
      201: AdminUserView.describe('The new user'),
      ...problems(...always, 'username_taken', 'email_taken', 'too_many_requests'),
    },
  };
  http.post('/api/admin/users/', { schema, onRequest: requireAdmin }, async (request, reply) => {
    const user = await createUser(parts, request.body, authorOf(request));
    return reply.code(201).header('location', `/api/admin/users/${user.id}/`).send(adminUserView(user));
  });
}

function read(http: Http, { users }: Pick<Parts, 'users'>): void {
  const schema = {
    ...forAdmins,
    operationId: 'getUser',
    summary: 'Read a user',
    description: 'One user by id.',
    params: IdParams,
    response: { 200: AdminUserView.describe('The user'), ...problems(...always, 'user_not_found') },
  };
  http.get('/api/admin/users/:id/', { schema, onRequest: requireAdmin }, async (request) => {
    const user = await users.find(request.params.id);
    if (!user) throw new ProblemError('user_not_found');
    return adminUserView(user);
  });
}

const changed = {
  200: AdminUserView.describe('The changed user'),
  ...problems(...always, 'user_not_found', 'username_taken', 'email_taken', 'too_many_requests'),
};

function change(http: Http, parts: Pick<Parts, 'accessRevocations' | 'orm'>): void {
  const schema = {
    ...forAdmins,
    operationId: 'changeUser',
    summary: 'Change a user',
    description: `Changes the fields that are given. ${logInAgain}`,
    params: IdParams,
    body: AdminUserChangeBody,
    response: changed,
  };
  http.patch('/api/admin/users/:id/', { schema, onRequest: requireAdmin }, async (request) => {
    return adminUserView(await changeUser(parts, authorOf(request), request.params.id, request.body));
  });
}

function replace(http: Http, parts: Pick<Parts, 'accessRevocations' | 'orm'>): void {
  const schema = {
    ...forAdmins,
    operationId: 'replaceUser',
    summary: 'Replace a user',
    description: `Sets every field; the password stays when none is given. ${logInAgain}`,
    params: IdParams,
    body: AdminUserReplaceBody,
    response: changed,
  };
  http.put('/api/admin/users/:id/', { schema, onRequest: requireAdmin }, async (request) => {
    return adminUserView(await changeUser(parts, authorOf(request), request.params.id, request.body));
  });
}

function remove(http: Http, parts: Pick<Parts, 'accessRevocations' | 'orm'>): void {
  const schema = {
    ...forAdmins,
    operationId: 'deleteUser',
    summary: 'Delete a user',
    description:
      'Deletes a user who never booked, and ends their tokens at once; deactivate the others (`is_active: false`). ' +
      'You cannot delete yourself.',
    params: IdParams,
    response: { 204: z.null().describe('Deleted'), ...problems(...always, 'user_not_found', 'has_bookings') },
  };
  http.delete('/api/admin/users/:id/', { schema, onRequest: requireAdmin }, async (request, reply) => {
    await deleteUser(parts, authorOf(request), request.params.id);
    return reply.code(204).send(null);
  });
}
