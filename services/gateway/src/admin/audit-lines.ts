import type { AuditLineView, AuditQuery } from '@boxoffice/shared/contracts/audit';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { AuditedFields } from '@boxoffice/shared/database/audit';
import type { MikroORM } from '@boxoffice/shared/database/orm';

/** Reads the audit lines of all services. */
export class AuditLines {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** One page of lines, newest first. */
  async list({ page, page_size, ...filter }: AuditQuery): Promise<Rows<AuditLineView>> {
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    // The names come from the query's schema, never from a client.
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

/** Conditions go outside: inside, they would keep PostgreSQL from merging the tables' indexes. */
const everyLine = `(${['identity', 'catalog', 'booking', 'payments']
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
