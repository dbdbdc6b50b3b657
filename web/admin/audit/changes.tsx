import type { AuditLine } from '@boxoffice/client';
import { formatDateTime } from '../../lib/format.ts';
import { formatMoney } from '../../lib/money.ts';
import './changes.css';

/** The fields of what was created, deleted or changed; of changed ones the old and the new value. */
export function Changes({ before, after }: Pick<AuditLine, 'before' | 'after'>) {
  const [old, changed] = [before && withPrice(before), after && withPrice(after)];
  const names = Object.keys({ ...old, ...changed }).filter((name) => name !== 'id');
  return (
    <dl className="changes">
      {names.map((name) => {
        const [oldText, newText] = [textOf(old?.[name]), textOf(changed?.[name])];
        return (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>
              {old && changed && name in old && name in changed && oldText !== newText && (
                <>
                  <del>{oldText}</del> →{' '}
                </>
              )}
              {changed && name in changed ? newText : oldText}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

type Fields = NonNullable<AuditLine['before']>;

/** An amount of money reads as one, with its currency. */
function withPrice(fields: Fields): Fields {
  const { amount, currency, ...others } = fields;
  const isPrice = typeof amount === 'number' && typeof currency === 'string';
  return isPrice ? { ...others, amount: formatMoney(amount, currency) } : fields;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return formatDateTime(value);
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([name, inner]) => `${name} ${textOf(inner)}`);
  return entries.join(', ');
}
