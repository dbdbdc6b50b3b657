/** A record's fields, named as in the HTTP interface. */
export type AuditedFields = Record<string, unknown>;

/**
 * Reduces a change to the fields that differ. Returns null when none does.
 *
 * @param before, after JSON values under the same names
 */
export function changedFields(
  before: AuditedFields,
  after: AuditedFields,
): { before: AuditedFields; after: AuditedFields } | null {
  const changed = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (changed.length === 0) return null;
  const only = (fields: AuditedFields) => Object.fromEntries(changed.map((name) => [name, fields[name]]));
  return { before: only(before), after: only(after) };
}
