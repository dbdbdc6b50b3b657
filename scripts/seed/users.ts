import { randomBytes } from 'node:crypto';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { PasswordHasher, sampleUsers } from '../../services/gateway/src/identity/index.ts';

const buyerNames = [
  ...['amara.okafor', 'ben.fischer', 'chiara.rossi', 'dev.patel', 'elif.yilmaz', 'finn.murphy', 'grace.chen'],
  ...['hugo.martin', 'ines.silva', 'jonas.berg', 'kavya.rao', 'liam.walsh', 'maya.cohen', 'noah.dubois'],
  ...['olga.novak', 'pablo.ruiz', 'quinn.taylor', 'rosa.jimenez', 'sven.larsson', 'tara.singh', 'umar.farouk'],
  ...['vera.horvat', 'wei.zhang', 'ximena.lopez', 'yuki.tanaka', 'zoe.papadaki'],
];
/** A reserved domain (RFC 2606): nobody has an address there, so nobody else's account is mistaken for a buyer's. */
const buyerDomain = 'guests.boxoffice.example';

/** Nobody else hashes here, so the turns that clients take do not matter. */
const lane = { network: 'seed', address: 'seed' };

/** Adds `demo` and `admin`, whose passwords are in the README, unless they exist. Not for production. */
export async function addSampleUsers(em: EntityManager, { log }: { log: (line: string) => void }): Promise<void> {
  const hasher = new PasswordHasher();
  const hashes = await Promise.all(sampleUsers.map(({ password }) => hasher.hash(password, lane)));
  for (const [i, { name, email, password, role }] of sampleUsers.entries()) {
    const added = await em.execute(
      `insert into identity.users (username, email, password_hash, role) values (?, ?, ?, ?)
       on conflict do nothing returning id`,
      [name, email, hashes[i], role],
    );
    if (added.length > 0) log(`user ${name}, password ${password}`);
  }
}

/** The id of the sample user with this name, or null. */
export async function findSampleUser(em: EntityManager, name: 'demo' | 'admin'): Promise<number | null> {
  const [user] = await em.execute<{ id: number }[]>('select id from identity.users where username = ? and email = ?', [
    name,
    `${name}@boxoffice.example`,
  ]);
  return user?.id ?? null;
}

/**
 * Adds the ticket buyers, unless they exist. Nobody can log in as one of them: their passwords are random
 * and never shown.
 *
 * @returns their ids
 */
export async function addBuyers(em: EntityManager): Promise<number[]> {
  const passwordHash = await new PasswordHasher().hash(randomBytes(32).toString('base64url'), lane);
  await em.execute(
    `insert into identity.users (username, email, password_hash, created_at)
     select name, name || '@' || ?, ?, now() - interval '30 days'
     from json_array_elements_text(?::json) as name
     on conflict do nothing`,
    [buyerDomain, passwordHash, JSON.stringify(buyerNames)],
  );
  const rows = await em.execute<{ id: number }[]>(
    `select id from identity.users where email like '%@' || ? order by username`,
    [buyerDomain],
  );
  return rows.map(({ id }) => id);
}
