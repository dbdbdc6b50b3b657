import type { User } from '@boxoffice/client';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { Input, Select } from '../../lib/fields.tsx';
import { Form } from '../../lib/form.tsx';
import { Outage } from '../../lib/notices.tsx';
import { Link, navigate } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { PageHead } from '../page-head.tsx';
import { roleOptions, statusOptions } from './options.ts';

const path = '/api/admin/users/{id}/';
const roleOf = (role: string | undefined) => (role === 'admin' ? 'admin' : 'user');

export function NewUser() {
  const create = async ({ username = '', email = '', password = '', role }: Record<string, string>) => {
    await boxoffice.post('/api/admin/users/', { body: { username, email, password, role: roleOf(role) } });
    navigate('/users');
  };
  return (
    <>
      <PageHead title="Add a user" />
      <Form className="card form" submitLabel="Add" cancel={<CancelLink />} onSubmit={create}>
        {(errors) => (
          <>
            <Input label="User name" name="username" errors={errors.username} autoComplete="off" required />
            <Input label="Email" name="email" type="email" errors={errors.email} autoComplete="off" required />
            <Input
              label="Password"
              name="password"
              type="password"
              hint="At least 8 characters"
              errors={errors.password}
              autoComplete="new-password"
              required
            />
            <Select label="Role" name="role" value="user" options={roleOptions} errors={errors.role} />
          </>
        )}
      </Form>
    </>
  );
}

export function EditUser({ id, currentUser }: { id: number; currentUser: User }) {
  const {
    data: user,
    outage,
    problem,
  } = useAdminQuery(`user ${id}`, (signal) => boxoffice.get(path, { params: { path: { id } }, signal }));
  const save = async ({ username = '', email = '', password, role, is_active }: Record<string, string>) => {
    const account = { username, email, role: roleOf(role), is_active: is_active === 'true' } as const;
    await boxoffice.put(path, { params: { path: { id } }, body: { ...account, ...(password && { password }) } });
    navigate('/users');
  };
  return (
    <>
      <PageHead title={user?.username ?? 'User'}>
        <Link className="button" to={`/audit?subject=user&subject_id=${id}`}>
          Audit
        </Link>
        {id !== currentUser.id && user && (
          <ConfirmButton
            action="Delete"
            subject={user.username}
            title={`Delete ${user.username}?`}
            onConfirm={async () => {
              await boxoffice.delete(path, { params: { path: { id } } });
              navigate('/users');
            }}
          >
            A user who has bookings cannot be deleted, only deactivated.
          </ConfirmButton>
        )}
      </PageHead>
      <Outage message={outage ?? problem?.message} />
      {user && (
        <Form className="card form" submitLabel="Save" cancel={<CancelLink />} onSubmit={save}>
          {(errors) => (
            <>
              <Input label="User name" name="username" value={user.username} errors={errors.username} required />
              <Input label="Email" name="email" type="email" value={user.email} errors={errors.email} required />
              <Input
                label="New password"
                name="password"
                type="password"
                hint="Leave empty to keep the current one. A new password signs the user out everywhere"
                errors={errors.password}
                autoComplete="new-password"
              />
              <Select label="Role" name="role" value={user.role} options={roleOptions} errors={errors.role} />
              <Select
                label="Status"
                name="is_active"
                value={String(user.is_active)}
                options={statusOptions}
                errors={errors.is_active}
              />
            </>
          )}
        </Form>
      )}
    </>
  );
}

function CancelLink() {
  return (
    <Link className="button" to="/users">
      Cancel
    </Link>
  );
}
