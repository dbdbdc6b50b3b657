import { useState } from 'react';
import { EmptyState } from '../lib/notices.tsx';
import { SignIn } from './sign-in.tsx';

/** In place of what only a signed-in user can see: says so, and offers to sign in. */
export function SignedOut({ invitation }: { invitation: string }) {
  const [isSigningIn, setIsSigningIn] = useState(false);
  const closeSignIn = () => setIsSigningIn(false);
  return (
    <>
      <EmptyState title="You are not signed in">{invitation}</EmptyState>
      <p>
        <button type="button" className="primary" onClick={() => setIsSigningIn(true)}>
          Sign in
        </button>
      </p>
      {isSigningIn && <SignIn onDone={closeSignIn} onClose={closeSignIn} />}
    </>
  );
}
