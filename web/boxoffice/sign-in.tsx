import { useState } from 'react';
import { Dialog } from '../lib/dialog.tsx';
import { Input } from '../lib/fields.tsx';
import { Form } from '../lib/form.tsx';
import { boxoffice } from '../lib/session.ts';

/** Signs the visitor in or creates an account, on top of the page they are on. */
export function SignIn({ reason, onDone, onClose }: { reason?: string; onDone: () => void; onClose: () => void }) {
  const [isNew, setIsNew] = useState(false);

  const submit = async ({ username = '', password = '', email = '' }: Record<string, string>) => {
    if (isNew) await boxoffice.signUp({ username, password, email });
    await boxoffice.logIn({ username, password });
    onDone();
  };

  return (
    <Dialog title={isNew ? 'Create an account' : 'Sign in'} onClose={onClose}>
      {reason && <p className="muted">{reason}</p>}
      <Form
        submitLabel={isNew ? 'Create account' : 'Sign in'}
        cancel={
          <button type="button" onClick={onClose}>
            Not now
          </button>
        }
        onSubmit={submit}
      >
        {(errors) => (
          <>
            <Input label="User name" name="username" autoComplete="username" errors={errors.username} required />
            {isNew && (
              <Input label="Email" name="email" type="email" autoComplete="email" errors={errors.email} required />
            )}
            <Input
              label="Password"
              name="password"
              type="password"
              autoComplete={isNew ? 'new-password' : 'current-password'}
              hint={isNew ? 'At least 8 characters' : undefined}
              errors={errors.password}
              required
            />
          </>
        )}
      </Form>
      <p className="muted">
        {isNew ? 'Already have an account?' : 'New here?'}{' '}
        <button type="button" className="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </Dialog>
  );
}
