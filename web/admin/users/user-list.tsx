import type { AdminUser, User } from '@boxoffice/client';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { Input, Select } from '../../lib/fields.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { Filters } from '../list/filters.tsx';
import { List } from '../list/list.tsx';
import { useList } from '../list/use-list.ts';
import { PageHead } from '../page-head.tsx';
import { roleOptions, roles, statusOptions } from './options.ts';

export function Users({ currentUser }: { currentUser: User }) {
  const { query } = useLocation();
  const users = useList<AdminUser>(['search', 'role', 'is_active'], ({ is_active, ...parameters }, signal) =>
    boxoffice.get('/api/admin/users/', {
      params: { query: { ...parameters, ...(is_active && { is_active: is_active as never }) } },
      signal,
    }),
  );
  return (
    <>
      <PageHead title="Users">
        <Link className="button primary" to="/users/new">
          Add a user
        </Link>
      </PageHead>
      <Filters>
        <Input label="Name or email" name="search" type="search" value={query.get('search') ?? ''} />
        <Select label="Role" name="role" value={query.get('role') ?? ''} options={[['', 'Any'], ...roleOptions]} />
        <Select
          label="Status"
          name="is_active"
          value={query.get('is_active') ?? ''}
          options={[['', 'Any'], ...statusOptions]}
        />
      </Filters>
      <List
        query={users}
        noun="user"
        name="Users"
        empty={<Link to="/users/new">Add the first user</Link>}
        columns={[
          { title: 'Name', show: (user) => <Link to={`/users/${user.id}`}>{user.username}</Link> },
          { title: 'Email', show: (user) => user.email },
          { title: 'Role', show: (user) => roles[user.role] },
          { title: 'Status', show: (user) => <Status user={user} /> },
          { title: 'Created', show: (user) => formatDateTime(user.created_at) },
          {
            title: 'Actions',
            show: (user) => (
              <div className="buttons">
                <Link
                  className="button"
                  to={`/bookings?username=${encodeURIComponent(user.username)}`}
                  aria-label={`Bookings of ${user.username}`}
                >
                  Bookings
                </Link>
                {user.id !== currentUser.id && <ChangeAccess user={user} onChanged={users.refetch} />}
              </div>
            ),
          },
        ]}
      />
    </>
  );
}

function Status({ user: { is_active } }: { user: AdminUser }) {
  return <span className={is_active ? 'tag' : 'tag off'}>{is_active ? 'active' : 'deactivated'}</span>;
}

/** Buttons that change a user's role and status. */
function ChangeAccess({ user, onChanged }: { user: AdminUser; onChanged: () => void }) {
  const { username, role, is_active } = user;
  const change = async (body: { is_active?: boolean; role?: AdminUser['role'] }) => {
    await boxoffice.patch('/api/admin/users/{id}/', { params: { path: { id: user.id } }, body });
    onChanged();
  };
  const isAdmin = role === 'admin';
  return (
    <>
      <ConfirmButton
        action={isAdmin ? 'Remove admin role' : 'Make administrator'}
        subject={username}
        title={isAdmin ? `Remove the administrator role from ${username}?` : `Make ${username} an administrator?`}
        onConfirm={() => change({ role: isAdmin ? 'user' : 'admin' })}
      >
        {isAdmin ? 'This takes effect immediately.' : 'They will be able to do everything you can.'}
      </ConfirmButton>
      <ConfirmButton
        action={is_active ? 'Deactivate' : 'Activate'}
        subject={username}
        title={is_active ? `Deactivate ${username}?` : `Activate ${username}?`}
        onConfirm={() => change({ is_active: !is_active })}
      >
        {is_active
          ? 'They are signed out everywhere immediately. Their bookings are kept.'
          : 'They will be able to sign in again.'}
      </ConfirmButton>
    </>
  );
}
