import type { User } from '@boxoffice/client';
import { Input } from '../lib/fields.tsx';
import { Form } from '../lib/form.tsx';
import { Heading } from '../lib/heading.tsx';
import { boxoffice, signOut } from '../lib/session.ts';

/** Shown to visitors who are not signed in, or not administrators. */
export function Gate({ user, onChange }: { user: User | null; onChange: () => void }) {
  return (
    <main className="gate">
      <Heading title="Boxoffice Admin" />
      {user ? <NotAnAdministrator user={user} onChange={onChange} /> : <SignIn onChange={onChange} />}
    </main>
  );
}

function SignIn({ onChange }: { onChange: () => void }) {
  const signIn = async ({ username = '', password = '' }: Record<string, string>) => {
    await boxoffice.logIn({ username, password });
    onChange();
  };
  return (
    <Form className="card form" submitLabel="Sign in" onSubmit={signIn}>
      {() => (
        <>
          <Input label="User name" name="username" autoComplete="username" required />
          <Input label="Password" name="password" type="password" autoComplete="current-password" required />
        </>
      )}
    </Form>
  );
}

function NotAnAdministrator({ user, onChange }: { user: User; onChange: () => void }) {
  return (
    <div className="card form">
      <p role="alert">
        You are signed in as <strong>{user.username}</strong>. This portal is for administrators only.
      </p>
      <div className="buttons">
        <a className="button primary" href="/boxoffice/">
          Go to the box office
        </a>
        <button type="button" onClick={() => void signOut().then(onChange)}>
          Sign in as someone else
        </button>
      </div>
    </div>
  );
}
