import { ProblemError } from '@boxoffice/client';
import { type FormEvent, useId, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { boxoffice } from './session.ts';
import { refusalOf } from './words.ts';

/** Asks who the visitor is, or makes an account for them. What they were about stays where it is. */
export function SignIn({ why, onDone, onClose }: { why?: string; onDone: () => void; onClose: () => void }) {
  const [isNew, setIsNew] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [errors, setErrors] = useState<Record<string, string[]>>({});

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const given = (name: string) => fields.get(name)?.toString() ?? '';
    const credentials = { username: given('username'), password: given('password') };
    setBusy(true);
    setRefusal(undefined);
    setErrors({});
    try {
      if (isNew) await boxoffice.signUp({ ...credentials, email: given('email') });
      await boxoffice.logIn(credentials);
      onDone();
    } catch (reason) {
      const fieldErrors = reason instanceof ProblemError ? reason.errors : {};
      setErrors(fieldErrors);
      setRefusal(Object.keys(fieldErrors).length ? 'Please look at what is marked.' : refusalOf(reason));
      setBusy(false);
    }
  };

  return (
    <Dialog title={isNew ? 'Make an account' : 'Sign in'} onClose={onClose}>
      {why && <p className="quiet">{why}</p>}
      <form className="fields" onSubmit={(event) => void submit(event)}>
        <Field label="User name" name="username" autoComplete="username" errors={errors.username} />
        {isNew && <Field label="E-mail" name="email" type="email" autoComplete="email" errors={errors.email} />}
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          {...(isNew && { minLength: 8, hint: '8 characters or more' })}
          errors={errors.password}
        />
        <p className="refusal" role="alert">
          {refusal}
        </p>
        <div className="choices">
          <button type="button" className="plain" onClick={onClose}>
            Not now
          </button>
          <button type="submit" className="main" disabled={busy}>
            {isNew ? 'Make account' : 'Sign in'}
          </button>
        </div>
      </form>
      <p className="quiet">
        {isNew ? 'You have an account?' : 'New here?'}{' '}
        <button type="button" className="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? 'Sign in' : 'Make an account'}
        </button>
      </p>
    </Dialog>
  );
}

interface FieldProps {
  label: string;
  name: string;
  type?: string;
  autoComplete: string;
  minLength?: number;
  hint?: string;
  errors: string[] | undefined;
}

function Field({ label, errors = [], hint, ...input }: FieldProps) {
  const id = useId();
  const said = errors.join(' ') || hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        required
        aria-invalid={errors.length > 0}
        {...(said && { 'aria-describedby': `${id}-said` })}
        {...input}
      />
      {said && (
        <p id={`${id}-said`} className={errors.length ? 'refusal' : 'hint'}>
          {said}
        </p>
      )}
    </div>
  );
}
