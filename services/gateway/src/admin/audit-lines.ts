import { type AuditLineView, type AuditQuery, type Author, auditedChange } from '@boxoffice/shared/contracts/audit';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { AuditedFields } from '@boxoffice/shared/database/audit';
import { IdentityAuditLine } from '@boxoffice/shared/database/entities/audit';
import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';

/** What administrators changed, whichever service wrote it. */
export class AuditLines {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** One page of lines, newest first. */
  async list({ page, page_size, ...filter }: AuditQuery): Promise<Rows<AuditLineView>> {
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    // The names are those of the query's schema, never a client's.
    const where = given.length > 0 ? `where ${given.map(([name]) => `${name} = ?`).join(' and ')}` : '';
    const values = given.map(([, value]) => value);
    const connection = this.#orm.em.getConnection();
    const results = await connection.execute<LineRow[]>(
      `select page.*, users.username
       from (select * from ${everyLine} ${where} order by at desc, id desc limit ? offset ?) as page
         left join identity.users on users.id = page.actor_id
       order by at desc, page.id desc`,
      [...values, page_size, (page - 1) * page_size],
    );
    const [counted] = await connection.execute<{ count: number }[]>(
      `select count(*)::int as count from ${everyLine} ${where}`,
      values,
    );
    return { count: counted?.count ?? 0, results: results.map(lineView) };
  }
}

/** Conditions stand behind it: within, they would keep PostgreSQL from merging the tables' indexes. */
const everyLine = `(${['identity', 'catalog', 'booking']
  .map(
    (schema) =>
      `select id, at, actor_id, request_id, action, subject, subject_id, before, after from ${schema}.audit_lines`,
  )
  .join(' union all ')}) as lines`;

interface LineRow extends Pick<AuditLineView, 'id' | 'action' | 'subject' | 'subject_id' | 'request_id'> {
  at: string;
  actor_id: number;
  username: string | null;
  before: AuditedFields | null;
  after: AuditedFields | null;
}

function lineView({ at, actor_id, username, ...line }: LineRow): AuditLineView {
  return { ...line, at: new Date(at).toISOString(), actor: { id: actor_id, username } };
}

/** What happened to a user; without `before` they were created, without `after` deleted. */
interface Change {
  id: number;
  before?: AuditedFields;
  after?: AuditedFields;
}

/** Says who changed which user, in the transaction that changes them. */
export async function addAuditLine(em: EntityManager, author: Author, { id, ...change }: Change): Promise<void> {
  await em.insert(IdentityAuditLine, {
    ...author,
    ...auditedChange(change),
    subject: 'user',
    subjectId: String(id),
  });
}
