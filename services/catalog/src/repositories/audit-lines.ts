import { type Author, auditedChange } from '@boxoffice/shared/contracts/audit';
import type { AuditedFields } from '@boxoffice/shared/database/audit';
import { CatalogAuditLine } from '@boxoffice/shared/database/entities/audit';
import type { EntityManager } from '@boxoffice/shared/database/orm';

/** A change of a movie, a screen or a show; without `before` it was created, without `after` deleted. */
interface Change {
  subject: 'movie' | 'screen' | 'show';
  id: number;
  /** Set when `before` and `after` do not tell. */
  action?: 'cancel';
  before?: AuditedFields;
  after?: AuditedFields;
}

/** Adds an audit line per change. Call it in the transaction of the change. */
export async function addAuditLines(em: EntityManager, author: Author, changes: Change[]): Promise<void> {
  const lines = changes.map(({ subject, id, action, ...change }) => ({
    ...author,
    ...auditedChange(change),
    ...(action && { action }),
    subject,
    subjectId: String(id),
  }));
  if (lines.length > 0) await em.createQueryBuilder(CatalogAuditLine).insert(lines).execute('run', false);
}
