import { useState } from 'react';
import { Input } from './fields.tsx';
import { Form } from './form.tsx';
import { boxoffice, useUsername } from './session.ts';

const fieldNames = { current: 'current password', new: 'new password' };

/** Changes the signed-in user's password. Every other login of the user ends. */
export function ChangePassword() {
  const username = useUsername() ?? '';
  const [isChanged, setIsChanged] = useState(false);

  const submit = async ({ current = '', new: next = '' }: Record<string, string>) => {
    await boxoffice.changePassword({ current, new: next });
    setIsChanged(true);
  };
  if (isChanged) {
    return (
      <p className="card form" role="status">
        Your password has been changed. You are signed out everywhere else.
      </p>
    );
  }
  return (
    <Form className="card form" submitLabel="Change password" fieldNames={fieldNames} onSubmit={submit}>
      {(errors) => (
        <>
          {/* Password managers file the new password under this name. */}
          <input type="text" name="username" autoComplete="username" defaultValue={username} hidden readOnly />
          <Input
            label="Current password"
            name="current"
            type="password"
            autoComplete="current-password"
            errors={errors.current}
            required
          />
          <Input
            label="New password"
            name="new"
            type="password"
            autoComplete="new-password"
            hint="At least 8 characters. Changing it signs you out everywhere else"
            errors={errors.new}
            required
          />
        </>
      )}
    </Form>
  );
}
