import type { AuditLine } from '@boxoffice/client';
import { boxoffice } from './boxoffice.ts';
import { Input, Select } from './fields.tsx';
import { Heading } from './heading.tsx';
import { Filters, List, useList } from './list.tsx';
import { Link, usePlace } from './place.tsx';
import { momentText, momentTextExactly } from './words.ts';

const subjects = { movie: 'Movie', show: 'Show', user: 'User', booking: 'Booking' };
const actions = { create: 'Created', change: 'Changed', delete: 'Deleted', cancel: 'Cancelled' };

/** Who changed what, when. */
export function Audit() {
  const { query } = usePlace();
  const answer = useList<AuditLine>(['subject', 'subject_id', 'action', 'actor_id'], (wanted, signal) =>
    boxoffice.get('/api/admin/audit/', { params: { query: wanted }, signal }),
  );
  return (
    <>
      <Heading text="Audit" />
      <Filters>
        <Select
          label="Of"
          name="subject"
          value={query.get('subject') ?? ''}
          options={[['', 'Anything'], ...Object.entries(subjects)]}
        />
        <Input label="Its number" name="subject_id" value={query.get('subject_id') ?? ''} />
        <Select
          label="Done"
          name="action"
          value={query.get('action') ?? ''}
          options={[['', 'Anything'], ...Object.entries(actions)]}
        />
        <Input label="By the user of number" name="actor_id" value={query.get('actor_id') ?? ''} />
      </Filters>
      <List
        answer={answer}
        noun="line"
        caption="What administrators changed"
        columns={[
          { title: 'When', show: ({ at }) => momentTextExactly(at) },
          {
            title: 'Who',
            show: ({ actor }) => <Link to={`users/${actor.id}`}>{actor.username ?? `User ${actor.id}`}</Link>,
          },
          {
            title: 'What',
            show: ({ action, subject, subject_id }) => (
              <>
                {actions[action]} {subject} <Subject subject={subject} id={subject_id} />
              </>
            ),
          },
          { title: 'From and to', show: (line) => <Difference {...line} /> },
          { title: 'Request', show: ({ request_id }) => <code>{request_id}</code> },
        ]}
      />
    </>
  );
}

function Subject({ subject, id }: { subject: AuditLine['subject']; id: string }) {
  return subject === 'booking' ? <code>{id.slice(0, 8)}…</code> : <Link to={`${subject}s/${id}`}>{id}</Link>;
}

/** The fields of a line; where there is a before and an after, both. */
function Difference({ before, after }: Pick<AuditLine, 'before' | 'after'>) {
  const names = Object.keys(after ?? before ?? {}).filter((name) => name !== 'id');
  return (
    <dl className="difference">
      {names.map((name) => {
        const [was, is] = [text(before?.[name]), text(after?.[name])];
        return (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>
              {before && after && was !== is && (
                <>
                  <del>{was}</del> →{' '}
                </>
              )}
              {after ? is : was}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return momentText(value);
  return Array.isArray(value) ? value.join(' ') : String(value);
}
