import type { AdminUserQuery } from '@boxoffice/shared/contracts/identity';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { type ProblemCode, ProblemError } from '@boxoffice/shared/contracts/problems';
import { Booking } from '@boxoffice/shared/database/entities/booking';
import { User } from '@boxoffice/shared/database/entities/identity';
import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';
import { type FilterQuery, LockMode, raw } from '@mikro-orm/core';

export type NewUser = Pick<User, 'username' | 'email' | 'passwordHash' | 'role' | 'isActive'>;
export type UserChanges = Partial<NewUser & Pick<User, 'tokenGeneration'>>;

/** Reads users. What writes one is below: it needs a transaction, and to change one the user's lock. */
export class Users {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  find(id: number): Promise<User | null> {
    return this.#orm.em.fork().findOne(User, { id });
  }

  /** Finds a user by name, whatever the case of the letters. */
  async findByName(username: string): Promise<User | null> {
    if (username.includes('\0')) return null; // PostgreSQL knows no such text, and drops the connection
    const sameName = { [raw('lower(username)')]: raw('lower(?)', [username]) } as FilterQuery<User>;
    return this.#orm.em.fork().findOne(User, sameName);
  }

  /** User names by id; a user who is gone is left out. */
  async findNames(ids: number[]): Promise<Map<number, string>> {
    const users = await this.#orm.em.fork().find(User, { id: { $in: ids } }, { fields: ['username'] });
    return new Map(users.map(({ id, username }) => [id, username]));
  }

  /** One page of users, oldest first. */
  async list({ role, is_active, search, page, page_size }: AdminUserQuery): Promise<Rows<User>> {
    const part = search && `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`;
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

/**
 * Writes a new user.
 *
 * @throws {ProblemError} username_taken or email_taken, whatever the case of the letters
 */
export async function insertUser(em: EntityManager, user: NewUser): Promise<User> {
  return namingWhatIsTaken(em.createQueryBuilder(User).insert(user).returning('*').execute<User>('get', true));
}

/**
 * Finds a user and makes every other change of them wait for this transaction: of their row, and of
 * their refresh tokens, which nobody touches without this lock. So a revocation never misses a token
 * that is just being issued.
 */
export function lockUser(em: EntityManager, id: number): Promise<User | null> {
  return em.findOne(User, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/**
 * Changes a user that this transaction has locked.
 *
 * @throws {ProblemError} username_taken or email_taken, whatever the case of the letters
 */
export async function updateUser(em: EntityManager, user: User, changes: UserChanges): Promise<void> {
  em.assign(user, changes);
  await namingWhatIsTaken(em.flush());
}

/** Deletes a user; their refresh tokens go with them. */
export async function deleteUser(em: EntityManager, user: User): Promise<void> {
  await em.nativeDelete(User, { id: user.id });
}

export async function hasBookings(em: EntityManager, userId: number): Promise<boolean> {
  return (await em.findOne(Booking, { userId }, { fields: ['id'] })) !== null;
}

const takenBy: Record<string, { code: ProblemCode; detail: string }> = {
  users_username_key: { code: 'username_taken', detail: 'Someone has this user name already: choose another.' },
  users_email_key: { code: 'email_taken', detail: 'There is an account with this e-mail address already.' },
};

async function namingWhatIsTaken<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const { constraint } = error as { constraint?: string }; // PostgreSQL names it
    const taken = constraint && takenBy[constraint];
    throw taken ? new ProblemError(taken.code, taken.detail) : error;
  }
}
