import { type Author, auditedChange } from '@boxoffice/shared/contracts/audit';
import type { AuditedFields } from '@boxoffice/shared/database/audit';
import { IdentityAuditLine } from '@boxoffice/shared/database/entities/audit';
import type { EntityManager } from '@boxoffice/shared/database/orm';

/** A change of a user; without `before` the user was created, without `after` deleted. */
interface Change {
  id: number;
  before?: AuditedFields;
  after?: AuditedFields;
}

/** Records which administrator changed a user, in the transaction that makes the change. */
export async function addAuditLine(em: EntityManager, author: Author, { id, ...change }: Change): Promise<void> {
  await em.insert(IdentityAuditLine, {
    ...author,
    ...auditedChange(change),
    subject: 'user',
    subjectId: String(id),
  });
}
