import { useState } from 'react';
import { ChangePassword } from '../lib/change-password.tsx';
import { Heading } from '../lib/heading.tsx';
import { EmptyState } from '../lib/notices.tsx';
import { useUsername } from '../lib/session.ts';
import { SignIn } from './sign-in.tsx';

/** The signed-in user's account. */
export function Account() {
  const username = useUsername();
  const [isSigningIn, setIsSigningIn] = useState(false);
  const closeSignIn = () => setIsSigningIn(false);
  return (
    <section className="narrow">
      <Heading title="Your account" />
      {username === null ? (
        <>
          <EmptyState title="You are not signed in">Sign in to change your password.</EmptyState>
          <p>
            <button type="button" className="primary" onClick={() => setIsSigningIn(true)}>
              Sign in
            </button>
          </p>
        </>
      ) : (
        <>
          <p>
            You are signed in as <strong>{username}</strong>.
          </p>
          <h2>Change your password</h2>
          <ChangePassword key={username} />
        </>
      )}
      {isSigningIn && <SignIn onDone={closeSignIn} onClose={closeSignIn} />}
    </section>
  );
}
