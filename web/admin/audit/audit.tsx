import type { AuditLine } from '@boxoffice/client';
import { Input, Select } from '../../lib/fields.tsx';
import { formatPreciseDateTime } from '../../lib/format.ts';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { Filters } from '../list/filters.tsx';
import { List } from '../list/list.tsx';
import { useList } from '../list/use-list.ts';
import { PageHead } from '../page-head.tsx';
import { Changes } from './changes.tsx';

const subjects = {
  movie: 'Movie',
  screen: 'Screen',
  show: 'Show',
  user: 'User',
  booking: 'Booking',
  payment: 'Payment',
};
const actions = {
  create: 'Created',
  change: 'Changed',
  delete: 'Deleted',
  cancel: 'Cancelled',
  pay: 'Took payment for',
  refund: 'Refunded',
};

/** The changes made by administrators. */
export function Audit() {
  const { query } = useLocation();
  const entries = useList<AuditLine>(['subject', 'subject_id', 'action', 'actor_id'], (parameters, signal) =>
    boxoffice.get('/api/admin/audit/', { params: { query: parameters }, signal }),
  );
  const filterOf = (name: string) => query.get(name) ?? '';
  return (
    <>
      <PageHead title="Audit" />
      <Filters>
        <Select
          label="Subject"
          name="subject"
          value={filterOf('subject')}
          options={[['', 'Any'], ...Object.entries(subjects)]}
        />
        <Input label="Subject ID" name="subject_id" value={filterOf('subject_id')} />
        <Select
          label="Action"
          name="action"
          value={filterOf('action')}
          options={[['', 'Any'], ...Object.entries(actions)]}
        />
        <Input label="Administrator ID" name="actor_id" value={filterOf('actor_id')} />
      </Filters>
      <List
        query={entries}
        noun="change"
        name="Changes by administrators"
        empty="Every change that an administrator makes is recorded here."
        columns={[
          { title: 'Time', show: ({ at }) => formatPreciseDateTime(at) },
          {
            title: 'Administrator',
            show: ({ actor }) => <Link to={`/users/${actor.id}`}>{actor.username ?? `User ${actor.id}`}</Link>,
          },
          {
            title: 'Action',
            show: ({ action, subject, subject_id }) => (
              <>
                {actions[action]} {subject} <Subject subject={subject} id={subject_id} />
              </>
            ),
          },
          { title: 'Changes', show: (entry) => <Changes {...entry} /> },
          { title: 'Request ID', show: ({ request_id }) => <code>{request_id}</code> },
        ]}
      />
    </>
  );
}

function Subject({ subject, id }: { subject: AuditLine['subject']; id: string }) {
  return (
    <Link to={`/${subject}s/${id}`}>{subject === 'booking' || subject === 'payment' ? `${id.slice(0, 8)}…` : id}</Link>
  );
}
