/**
 * What administrators changed: a line per thing and change, written in the transaction of the change by
 * the service that owns the thing, into its own schema. Roles may add lines, and neither change nor
 * remove any.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { auditActions, auditSubjects } from '../../contracts/audit.ts';
import type { AuditedFields } from '../audit.ts';

const what = () => ({
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

/** Changes of users. Written by the gateway alone. */
export const IdentityAuditLine = defineEntity({
  name: 'IdentityAuditLine',
  schema: 'identity',
  tableName: 'audit_lines',
  properties: { id: p.uuid().primary().defaultRaw('gen_random_uuid()'), ...what() },
  indexes: indexes(),
});

/** Changes of movies and shows. Written by the catalog alone. */
export const CatalogAuditLine = defineEntity({
  name: 'CatalogAuditLine',
  schema: 'catalog',
  tableName: 'audit_lines',
  properties: { id: p.uuid().primary().defaultRaw('gen_random_uuid()'), ...what() },
  indexes: indexes(),
});

/** Bookings that administrators cancelled. Written by the booking-worker alone; the id is the request's. */
export const BookingAuditLine = defineEntity({
  name: 'BookingAuditLine',
  schema: 'booking',
  tableName: 'audit_lines',
  properties: { showId: p.integer().primary().autoincrement(false), id: p.uuid().primary(), ...what() },
  indexes: indexes(),
});
