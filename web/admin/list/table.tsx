import type { ReactNode } from 'react';
import './table.css';

export interface Column<Row> {
  title: string;
  show: (row: Row) => ReactNode;
  isNumber?: boolean;
}

/** A table. If it is wider than its card it scrolls; on a phone, each row becomes a block of its own. */
export function Table<Row>({
  name,
  columns,
  rows,
  rowKey,
}: {
  name: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section className="scroll" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={isNumber ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ title, show, isNumber }) => (
                <td key={title} data-label={title} className={isNumber ? 'number' : undefined}>
                  {show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
