import { z } from 'zod';
import { PageQuery, pageOf } from './pagination.ts';
import { storable } from './text.ts';

export const roles = ['user', 'admin'] as const;

const usernameLimit = 150;

/**
 * NFKC, so a name is the same however it was typed (Unicode, UAX 15). Normalizing a long run of combining marks
 * takes time quadratic in its length, so the length is checked first; and again after it, because a character can
 * become eighteen.
 */
const username = z
  .string()
  .trim()
  .max(usernameLimit, { abort: true })
  .normalize('NFKC')
  .min(3)
  .max(usernameLimit)
  .regex(/^[\p{L}\p{N}@.+_-]+$/u, 'Only letters, digits and @ . + - _ are allowed')
  .meta({ example: 'alice' });
const password = z.string().min(8).max(128).meta({ example: 'correct horse', format: 'password' });
const email = z.email().max(254).meta({ example: 'alice@example.com' });

export const SignupBody = z.object({ username, email, password }).meta({ id: 'Signup' });
export type SignupBody = z.infer<typeof SignupBody>;

/** Lenient on purpose: a failed login says that name or password is wrong, not which rule it breaks. */
export const LoginBody = z
  .object({
    username: z.string().min(1).max(254).meta({ example: 'demo' }),
    password: z.string().min(1).max(1_024).meta({ example: 'demopass', format: 'password' }),
  })
  .meta({ id: 'Login' });
export type LoginBody = z.infer<typeof LoginBody>;

/** Lenient about the current password, as a login is. */
export const PasswordBody = z
  .object({ current: LoginBody.shape.password, new: password })
  .meta({ id: 'PasswordChange', example: { current: 'correct horse', new: 'battery staple' } });
export type PasswordBody = z.infer<typeof PasswordBody>;

const exampleRefresh = 'q1Zc0bGJ5oX3mUe7Yt8vWnKdLrS2aHfP9iTgB4xQ6sE';

export const RefreshBody = z
  .object({ refresh: z.string().min(1).max(512).meta({ example: exampleRefresh }) })
  .meta({ id: 'Refresh' });
export type RefreshBody = z.infer<typeof RefreshBody>;

export const TokenPair = z
  .object({
    access: z.string().describe('JWT for `Authorization: Bearer …`, valid for 15 minutes'),
    refresh: z.string().describe('opaque, valid for 14 days, can be used once'),
  })
  .meta({
    id: 'TokenPair',
    example: { access: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', refresh: exampleRefresh },
  });
export type TokenPair = z.infer<typeof TokenPair>;

const exampleUser = { id: 1, username: 'alice', email: 'alice@example.com', role: 'user' };

export const UserView = z
  .object({
    id: z.number().int(),
    username: z.string(),
    email: z.string(),
    role: z.enum(roles),
  })
  .meta({ id: 'User', example: exampleUser });
export type UserView = z.infer<typeof UserView>;

export const AdminUserView = z
  .object({ ...UserView.shape, is_active: z.boolean(), created_at: z.iso.datetime() })
  .meta({ id: 'AdminUser', example: { ...exampleUser, is_active: true, created_at: '2030-01-01T12:00:00.000Z' } });
export type AdminUserView = z.infer<typeof AdminUserView>;
export const AdminUserPage = pageOf(AdminUserView, 'AdminUserPage');

export const AdminUserQuery = z.object({
  ...PageQuery.shape,
  search: z
    .string()
    .trim()
    .max(200)
    .refine(...storable)
    .optional()
    .describe('part of the user name or e-mail address'),
  role: z.enum(roles).optional(),
  is_active: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
});
export type AdminUserQuery = z.infer<typeof AdminUserQuery>;

const exampleNewUser = {
  username: 'alice',
  email: 'alice@example.com',
  password: 'correct horse',
  role: 'user',
  is_active: true,
};

export const AdminUserCreateBody = z
  .object({ username, email, password, role: z.enum(roles).default('user'), is_active: z.boolean().default(true) })
  .meta({ id: 'AdminUserCreate', example: exampleNewUser });
export type AdminUserCreateBody = z.infer<typeof AdminUserCreateBody>;

export const AdminUserChangeBody = z
  .object({ username, email, password, role: z.enum(roles), is_active: z.boolean() })
  .partial()
  .meta({ id: 'AdminUserChange', example: { is_active: false } });
export type AdminUserChangeBody = z.infer<typeof AdminUserChangeBody>;

/** The body of PUT: the whole user, except that the password is kept when none is given. */
export const AdminUserReplaceBody = z
  .object({ username, email, password: password.optional(), role: z.enum(roles), is_active: z.boolean() })
  .meta({ id: 'AdminUserReplace', example: exampleNewUser });
export type AdminUserReplaceBody = z.infer<typeof AdminUserReplaceBody>;
