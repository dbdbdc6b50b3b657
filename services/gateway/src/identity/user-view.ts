import type { AdminUserView, UserView } from '@boxoffice/shared/contracts/identity';
import type { User } from '@boxoffice/shared/database/entities/identity';

/** A user as shown to themselves. */
export function userView({ id, username, email, role }: User): UserView {
  return { id, username, email, role };
}

/** A user as shown to administrators. */
export function adminUserView(user: User): AdminUserView {
  return { ...userView(user), is_active: user.isActive, created_at: user.createdAt.toISOString() };
}
