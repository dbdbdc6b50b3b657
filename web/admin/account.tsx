import type { User } from '@boxoffice/client';
import { ChangePassword } from '../lib/change-password.tsx';
import { PageHead } from './page-head.tsx';

/** The administrator's own account. */
export function Account({ user }: { user: User }) {
  return (
    <>
      <PageHead title="Your account" />
      <p>
        You are signed in as <strong>{user.username}</strong>, {user.email}.
      </p>
      <h2>Change your password</h2>
      <ChangePassword />
    </>
  );
}
