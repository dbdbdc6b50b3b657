/**
 * The audit trail of administrators' changes: one line per changed record, written into the owning service's
 * schema in the transaction of the change. The services' roles may insert lines, but not update or delete them.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { auditActions, auditSubjects } from '../../contracts/audit.ts';
import type { AuditedFields } from '../audit.ts';

const change = () => ({
  at: p.datetime().defaultRaw('now()'),
  actorId: p.integer(),
  requestId: p.text(),
  action: p.enum(auditActions),
  subject: p.enum(auditSubjects),
  subjectId: p.text(),
  before: p.json<AuditedFields>().nullable(),
  after: p.json<AuditedFields>().nullable(),
});

const indexes = () => [
  { name: 'audit_lines_at_idx', properties: ['at' as const, 'id' as const] },
  { name: 'audit_lines_subject_idx', properties: ['subject' as const, 'subjectId' as const, 'at' as const] },
];

/** Changes of users. Written by the gateway only. */
export const IdentityAuditLine = defineEntity({
  name: 'IdentityAuditLine',
  schema: 'identity',
  tableName: 'audit_lines',
  properties: { id: p.uuid().primary().defaultRaw('gen_random_uuid()'), ...change() },
  indexes: indexes(),
});

/** Changes of movies and shows. Written by the catalog only. */
export const CatalogAuditLine = defineEntity({
  name: 'CatalogAuditLine',
  schema: 'catalog',
  tableName: 'audit_lines',
  properties: { id: p.uuid().primary().defaultRaw('gen_random_uuid()'), ...change() },
  indexes: indexes(),
});

/**
 * Cancellations by administrators, and the counter payments they took. Written by the booking-worker only; the id is
 * that of the request.
 */
export const BookingAuditLine = defineEntity({
  name: 'BookingAuditLine',
  schema: 'booking',
  tableName: 'audit_lines',
  properties: { showId: p.integer().primary().autoincrement(false), id: p.uuid().primary(), ...change() },
  indexes: indexes(),
});
