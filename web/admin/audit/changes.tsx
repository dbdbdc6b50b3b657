import type { AuditLine } from '@boxoffice/client';
import { formatDateTime } from '../../lib/format.ts';
import './changes.css';

/** The fields of what was created, deleted or changed; of changed ones the old and the new value. */
export function Changes({ before, after }: Pick<AuditLine, 'before' | 'after'>) {
  const names = Object.keys(after ?? before ?? {}).filter((name) => name !== 'id');
  return (
    <dl className="changes">
      {names.map((name) => {
        const [oldText, newText] = [textOf(before?.[name]), textOf(after?.[name])];
        return (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>
              {before && after && oldText !== newText && (
                <>
                  <del>{oldText}</del> →{' '}
                </>
              )}
              {after ? newText : oldText}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return formatDateTime(value);
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([name, inner]) => `${name} ${textOf(inner)}`);
  return entries.join(', ');
}
