import { ChangePassword } from '../lib/change-password.tsx';
import { Heading } from '../lib/heading.tsx';
import { useUsername } from '../lib/session.ts';
import { SignedOut } from './signed-out.tsx';

/** The signed-in user's account. */
export function Account() {
  const username = useUsername();
  return (
    <section className="narrow">
      <Heading title="Your account" />
      {username === null ? (
        <SignedOut invitation="Sign in to change your password." />
      ) : (
        <>
          <p>
            You are signed in as <strong>{username}</strong>.
          </p>
          <h2>Change your password</h2>
          <ChangePassword key={username} />
        </>
      )}
    </section>
  );
}
