import type { Screen } from '@boxoffice/client';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { Link } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { List } from '../list/list.tsx';
import { useList } from '../list/use-list.ts';
import { PageHead } from '../page-head.tsx';

export function Screens() {
  const screens = useList<Screen>([], (parameters, signal) =>
    boxoffice.get('/api/admin/screens/', { params: { query: parameters }, signal }),
  );
  return (
    <>
      <PageHead title="Screens">
        <Link className="button primary" to="/screens/new">
          Add a screen
        </Link>
      </PageHead>
      <List
        query={screens}
        noun="screen"
        name="Screens"
        empty={<Link to="/screens/new">Add your first screen</Link>}
        columns={[
          { title: 'Name', show: (screen) => <Link to={`/screens/${screen.id}`}>{screen.name}</Link> },
          { title: 'Seats', show: (screen) => screen.total_seats, isNumber: true },
          { title: 'Categories', show: ({ categories }) => Object.keys(categories).join(', ') },
          { title: 'Actions', show: (screen) => <Delete screen={screen} onDeleted={screens.refetch} /> },
        ]}
      />
    </>
  );
}

function Delete({ screen, onDeleted }: { screen: Screen; onDeleted: () => void }) {
  return (
    <ConfirmButton
      action="Delete"
      subject={screen.name}
      title={`Delete “${screen.name}”?`}
      onConfirm={async () => {
        await boxoffice.delete('/api/admin/screens/{id}/', { params: { path: { id: screen.id } } });
        onDeleted();
      }}
    >
      A screen that has shows cannot be deleted.
    </ConfirmButton>
  );
}
