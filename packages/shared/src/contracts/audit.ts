import { z } from 'zod';
import { IntegerId } from './catalog.ts';
import { PageQuery, pageOf } from './pagination.ts';
import { Text } from './text.ts';

export const auditActions = ['create', 'change', 'delete', 'cancel', 'pay'] as const;
export const auditSubjects = ['movie', 'show', 'user', 'booking', 'screen'] as const;

/** The administrator who makes a change, and the request it is made with. */
export interface Author {
  actorId: number;
  requestId: string;
}

/** Identifies the author to another service; the request's id is in `x-request-id`. Loose: other headers are kept. */
export const AuthorHeaders = z.looseObject({ 'x-actor-id': IntegerId });

/**
 * The part of an audit line that describes the change; which side is missing determines the action.
 *
 * @param change without `before` the subject was created, without `after` it was deleted
 */
export function auditedChange<Fields>({ before, after }: { before?: Fields; after?: Fields }): {
  action: 'create' | 'change' | 'delete';
  before: Fields | null;
  after: Fields | null;
} {
  return {
    action: !before ? 'create' : after ? 'change' : 'delete',
    before: before ?? null,
    after: after ?? null,
  };
}

const Fields = z.record(z.string(), z.unknown()).nullable();

export const AuditLineView = z
  .object({
    id: z.string().describe('opaque'),
    at: z.iso.datetime().describe('when the change was made, by the database’s clock'),
    actor: z
      .object({ id: z.number().int(), username: z.string().nullable().describe('null when the user has been deleted') })
      .describe('the administrator who made the change'),
    action: z.enum(auditActions),
    subject: z.enum(auditSubjects),
    subject_id: z.string(),
    request_id: z.string().describe('the id of the HTTP request, as in the logs; one request can write several lines'),
    before: Fields.describe(
      'the changed fields before the change; every field of what was deleted or cancelled; null for a creation',
    ),
    after: Fields.describe('the same fields after the change; null for a deletion. Passwords are never included'),
  })
  .meta({
    id: 'AuditLine',
    example: {
      id: 'b9d5c8a2-6f0e-4c7d-9a55-0d3a1c4be7f1',
      at: '2030-01-01T12:00:00.000Z',
      actor: { id: 2, username: 'admin' },
      action: 'change',
      subject: 'user',
      subject_id: '7',
      request_id: 'Zr8fQ2xkLm0a-1',
      before: { is_active: true },
      after: { is_active: false },
    },
  });
export type AuditLineView = z.infer<typeof AuditLineView>;
export const AuditPage = pageOf(AuditLineView, 'AuditPage');

export const AuditQuery = z.object({
  ...PageQuery.shape,
  actor_id: IntegerId.optional().describe('changes by this administrator'),
  action: z.enum(auditActions).optional(),
  subject: z.enum(auditSubjects).optional(),
  subject_id: Text.max(100).optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
