import type { AdminUser, User } from '@boxoffice/client';
import { useAnswer } from './answer.ts';
import { boxoffice } from './boxoffice.ts';
import { ConfirmButton } from './confirm.tsx';
import { Input, Select } from './fields.tsx';
import { Form, Trouble } from './form.tsx';
import { Heading } from './heading.tsx';
import { Filters, List, useList } from './list.tsx';
import { go, Link, usePlace } from './place.tsx';
import { momentText } from './words.ts';

const path = '/api/admin/users/{id}/';
const roles = { user: 'User', admin: 'Administrator' };
const roleOptions = Object.entries(roles);
const stateOptions: [string, string][] = [
  ['true', 'Active'],
  ['false', 'Deactivated'],
];

type Change = { is_active?: boolean; role?: AdminUser['role'] };

export function Users({ me }: { me: User }) {
  const { query } = usePlace();
  const answer = useList<AdminUser>(['search', 'role', 'is_active'], ({ is_active, ...wanted }, signal) =>
    boxoffice.get('/api/admin/users/', {
      params: { query: { ...wanted, ...(is_active && { is_active: is_active as never }) } },
      signal,
    }),
  );
  const change = async (id: number, body: Change) => {
    await boxoffice.patch(path, { params: { path: { id } }, body });
    answer.askAgain();
  };
  return (
    <>
      <Heading text="Users">
        <Link className="button first" to="users/new">
          Add a user
        </Link>
      </Heading>
      <Filters>
        <Input label="Name or e-mail" name="search" type="search" value={query.get('search') ?? ''} />
        <Select label="Role" name="role" value={query.get('role') ?? ''} options={[['', 'Any'], ...roleOptions]} />
        <Select
          label="State"
          name="is_active"
          value={query.get('is_active') ?? ''}
          options={[['', 'Any'], ...stateOptions]}
        />
      </Filters>
      <List
        answer={answer}
        noun="user"
        caption="Users"
        columns={[
          { title: 'Name', show: (user) => <Link to={`users/${user.id}`}>{user.username}</Link> },
          { title: 'E-mail', show: (user) => user.email },
          { title: 'Role', show: (user) => roles[user.role] },
          {
            title: 'State',
            show: ({ is_active }) => (
              <span className={is_active ? 'tag booked' : 'tag cancelled'}>{is_active ? 'active' : 'deactivated'}</span>
            ),
          },
          { title: 'Since', show: (user) => momentText(user.created_at) },
          {
            title: 'Actions',
            show: (user) => (
              <div className="buttons">
                <Link
                  className="button"
                  to={`bookings?username=${encodeURIComponent(user.username)}`}
                  aria-label={`Bookings of ${user.username}`}
                >
                  Bookings
                </Link>
                {user.id !== me.id && (
                  <ConfirmButton
                    text={user.role === 'admin' ? 'Make a user' : 'Make an administrator'}
                    of={user.username}
                    question={
                      user.role === 'admin'
                        ? `Take the administrator role from ${user.username}? It counts at once.`
                        : `Make ${user.username} an administrator? They can then do all that you can.`
                    }
                    onConfirm={() => change(user.id, { role: user.role === 'admin' ? 'user' : 'admin' })}
                  />
                )}
                {user.id !== me.id && (
                  <ConfirmButton
                    text={user.is_active ? 'Deactivate' : 'Activate'}
                    of={user.username}
                    question={
                      user.is_active
                        ? `Deactivate ${user.username}? They are logged out everywhere at once. Their bookings stay.`
                        : `Let ${user.username} log in again?`
                    }
                    onConfirm={() => change(user.id, { is_active: !user.is_active })}
                  />
                )}
              </div>
            ),
          },
        ]}
      />
    </>
  );
}

export function NewUser() {
  const create = async ({ username = '', email = '', password = '', role }: Record<string, string>) => {
    await boxoffice.post('/api/admin/users/', {
      body: { username, email, password, role: role === 'admin' ? 'admin' : 'user' },
    });
    go('users');
  };
  return (
    <>
      <Heading text="Add a user" />
      <Form submitText="Add" cancelTo="users" onSubmit={create}>
        {(errors) => (
          <>
            <Input label="User name" name="username" errors={errors.username} autoComplete="off" required />
            <Input label="E-mail" name="email" type="email" errors={errors.email} autoComplete="off" required />
            <Input
              label="Password"
              name="password"
              type="password"
              hint="8 characters or more"
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

export function EditUser({ id, me }: { id: number; me: User }) {
  const { data: user, error } = useAnswer(`user ${id}`, (signal) =>
    boxoffice.get(path, { params: { path: { id } }, signal }),
  );
  const save = async ({ username = '', email = '', password, role, is_active }: Record<string, string>) => {
    const body = {
      ...{ username, email, role: role === 'admin' ? ('admin' as const) : ('user' as const) },
      ...{ is_active: is_active === 'true', ...(password && { password }) },
    };
    await boxoffice.put(path, { params: { path: { id } }, body });
    go('users');
  };
  return (
    <>
      <Heading text={user?.username ?? 'User'}>
        <Link className="button" to={`audit?subject=user&subject_id=${id}`}>
          Audit
        </Link>
        {id !== me.id && user && (
          <ConfirmButton
            text="Delete"
            of={user.username}
            question={`Delete ${user.username}? Who has ever booked cannot be deleted, only deactivated.`}
            onConfirm={async () => {
              await boxoffice.delete(path, { params: { path: { id } } });
              go('users');
            }}
          />
        )}
      </Heading>
      <Trouble error={error} />
      {user && (
        <Form submitText="Save" cancelTo="users" onSubmit={save}>
          {(errors) => (
            <>
              <Input label="User name" name="username" value={user.username} errors={errors.username} required />
              <Input label="E-mail" name="email" type="email" value={user.email} errors={errors.email} required />
              <Input
                label="Another password"
                name="password"
                type="password"
                hint="Left empty, the password stays. With another they have to log in again"
                errors={errors.password}
                autoComplete="new-password"
              />
              <Select label="Role" name="role" value={user.role} options={roleOptions} errors={errors.role} />
              <Select
                label="State"
                name="is_active"
                value={String(user.is_active)}
                options={stateOptions}
                errors={errors.is_active}
              />
            </>
          )}
        </Form>
      )}
    </>
  );
}
