import { createHash } from 'node:crypto';
import type { AdminUserQuery } from '@boxoffice/shared/contracts/identity';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { type ProblemCode, ProblemError } from '@boxoffice/shared/contracts/problems';
import { Booking } from '@boxoffice/shared/database/entities/booking';
import { User } from '@boxoffice/shared/database/entities/identity';
import { containing } from '@boxoffice/shared/database/like';
import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';
import { type FilterQuery, LockMode, raw } from '@mikro-orm/core';
import { SharedLookUps } from './shared-look-ups.ts';

export type NewUser = Pick<User, 'username' | 'email' | 'passwordHash' | 'role' | 'isActive'>;
export type UserChanges = Partial<NewUser & Pick<User, 'tokenGeneration'>>;

/** Whom somebody tries to log in as, and the key under which attempts are counted. */
interface LoginUser {
  user: User | null;
  account: string;
}

/** Reads users. Functions that write users are below: they need a transaction, and changes the user's lock. */
export class Users {
  readonly #orm: MikroORM;
  readonly #logins = new SharedLookUps((username) => this.#findForLogin(username));

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  find(id: number): Promise<User | null> {
    return this.#orm.em.fork().findOne(User, { id });
  }

  /** Finds a user by name, case-insensitively. */
  async findByName(username: string): Promise<User | null> {
    if (username.includes('\0')) return null; // PostgreSQL's text cannot hold NUL, and it drops the connection
    const sameName = { [raw('lower(username)')]: raw('lower(?)', [username]) } as FilterQuery<User>;
    return this.#orm.em.fork().findOne(User, sameName);
  }

  /**
   * Finds the user that somebody tries to log in as, and the key under which attempts are counted. Names that find
   * the same user share a key, and so do names of nobody that would: the database alone says which are equal,
   * because it and JavaScript disagree about the lower case of letters such as `İ`.
   *
   * A crowd that tries one name shares one connection, because it comes here before its attempts are counted.
   */
  findForLogin(username: string): Promise<LoginUser> {
    return this.#logins.find(username);
  }

  async #findForLogin(username: string): Promise<LoginUser> {
    const em = this.#orm.em.fork();
    // One statement for known and unknown names, so that both take the same time.
    const [row] = await em.execute<[{ typed_name: string; id: number | null }]>(
      `select one.typed_name, users.* from (select lower(?) as typed_name) one
       left join identity.users on lower(username) = one.typed_name`,
      [username.replaceAll('\0', '\ufffd')], // PostgreSQL's text cannot hold NUL, and no user name contains either
    );
    const { typed_name, ...columns } = row;
    return columns.id === null
      ? { user: null, account: `name:${hashOf(typed_name)}` }
      : { user: em.map(User, columns), account: accountKey(columns.id) };
  }

  /** User names by id; deleted users are left out. */
  async findNames(ids: number[]): Promise<Map<number, string>> {
    const users = await this.#orm.em.fork().find(User, { id: { $in: ids } }, { fields: ['username'] });
    return new Map(users.map(({ id, username }) => [id, username]));
  }

  /** One page of users, oldest first. */
  async list({ role, is_active, search, page, page_size }: AdminUserQuery): Promise<Rows<User>> {
    const part = search && containing(search);
    const where: FilterQuery<User> = {
      ...(role && { role }),
      ...(is_active !== undefined && { isActive: is_active }),
      ...(part && { $or: [{ username: { $ilike: part } }, { email: { $ilike: part } }] }),
    };
    const options = { orderBy: { id: 'asc' }, limit: page_size, offset: (page - 1) * page_size } as const;
    const [results, count] = await this.#orm.em.fork().findAndCount(User, where, options);
    return { count, results };
  }
}

/** The key under which attempts to prove the password of this user are counted. */
export function accountKey(userId: number): string {
  return `user:${userId}`;
}

/** Keys have a bounded length, whatever is typed as a name. */
function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}

/**
 * Inserts a new user.
 *
 * @throws {ProblemError} username_taken, email_taken; both are compared case-insensitively
 */
export async function insertUser(em: EntityManager, user: NewUser): Promise<User> {
  return withUniqueViolationsNamed(em.createQueryBuilder(User).insert(user).returning('*').execute<User>('get', true));
}

/**
 * Finds and locks a user. Other changes of the user's row and refresh tokens wait for this transaction,
 * because all of them take this lock. So a revocation never misses a token that is just being issued.
 */
export function lockUser(em: EntityManager, id: number): Promise<User | null> {
  return em.findOne(User, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/**
 * Changes a user that this transaction has locked.
 *
 * @throws {ProblemError} username_taken, email_taken; both are compared case-insensitively
 */
export async function updateUser(em: EntityManager, user: User, changes: UserChanges): Promise<void> {
  em.assign(user, changes);
  await withUniqueViolationsNamed(em.flush());
}

/** Deletes a user and, by cascade, their refresh tokens. */
export async function deleteUser(em: EntityManager, user: User): Promise<void> {
  await em.nativeDelete(User, { id: user.id });
}

export async function hasBookings(em: EntityManager, userId: number): Promise<boolean> {
  return (await em.findOne(Booking, { userId }, { fields: ['id'] })) !== null;
}

const takenByConstraint: Record<string, { code: ProblemCode; detail: string }> = {
  users_username_key: { code: 'username_taken', detail: 'This user name is taken. Choose another.' },
  users_email_key: { code: 'email_taken', detail: 'An account with this e-mail address already exists.' },
};

async function withUniqueViolationsNamed<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const { constraint } = error as { constraint?: string }; // from PostgreSQL
    const taken = constraint && takenByConstraint[constraint];
    throw taken ? new ProblemError(taken.code, taken.detail) : error;
  }
}
