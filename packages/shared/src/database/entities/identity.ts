import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { roles } from '../../contracts/identity.ts';

/** An account. Written by the gateway only. User names and e-mail addresses are unique regardless of case. */
export const User = defineEntity({
  name: 'User',
  schema: 'identity',
  tableName: 'users',
  properties: {
    id: p.integer().primary().autoincrement(),
    username: p.text(),
    email: p.text(),
    passwordHash: p.text().hidden(),
    role: p.enum(roles).default('user'),
    isActive: p.boolean().default(true),
    createdAt: p.datetime().defaultRaw('now()'),
    /** Incremented to revoke the access tokens that have been issued: each carries the generation it was issued in. */
    tokenGeneration: p.integer().default(0),
  },
  indexes: [
    {
      name: 'users_part_idx',
      expression: 'create index users_part_idx on identity.users using gin (username gin_trgm_ops, email gin_trgm_ops)',
    },
  ],
  uniques: [
    {
      name: 'users_username_key',
      expression: 'create unique index users_username_key on identity.users (lower(username))',
    },
    { name: 'users_email_key', expression: 'create unique index users_email_key on identity.users (lower(email))' },
  ],
});
export type User = InferEntity<typeof User>;

/**
 * A login's refresh token; only its SHA-256 is stored. Each use replaces it with the next of its family, and
 * reusing a token revokes the whole family (RFC 9700, 4.14.2).
 */
export const RefreshToken = defineEntity({
  name: 'RefreshToken',
  schema: 'identity',
  tableName: 'refresh_tokens',
  properties: {
    hash: p.string().columnType('text').primary(),
    family: p.uuid().index('refresh_tokens_family_idx'),
    user: () => p.manyToOne(User).deleteRule('cascade').index('refresh_tokens_user_id_idx'),
    createdAt: p.datetime().defaultRaw('now()'),
    expiresAt: p.datetime().index('refresh_tokens_expires_at_idx'),
    usedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
});
export type RefreshToken = InferEntity<typeof RefreshToken>;

/**
 * Revokes a user's access tokens of all generations before this one. A row matters for as long as such a
 * token would live, and outlasts a deleted user. Written by the gateway only.
 */
export const AccessRevocation = defineEntity({
  name: 'AccessRevocation',
  schema: 'identity',
  tableName: 'access_revocations',
  properties: {
    userId: p.integer().primary().autoincrement(false),
    generation: p.integer(),
    revokedAt: p.datetime().defaultRaw('now()'),
  },
});

/**
 * Revokes the access tokens of one login, which names its family of refresh tokens. A row matters for as long as
 * such a token would live. Written by the gateway only.
 */
export const SessionRevocation = defineEntity({
  name: 'SessionRevocation',
  schema: 'identity',
  tableName: 'session_revocations',
  properties: {
    family: p.uuid().primary(),
    revokedAt: p.datetime().defaultRaw('now()').index('session_revocations_revoked_at_idx'),
  },
});
