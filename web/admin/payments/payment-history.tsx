import type { PaymentHistoryEntry } from '@boxoffice/client';
import { formatPreciseDateTime } from '../../lib/format.ts';
import { formatMoney } from '../../lib/money.ts';
import { Table } from '../list/table.tsx';
import './payment-history.css';

const sources = { event: 'Provider', boxoffice: 'Boxoffice', administrator: 'Administrator' };

/** What the provider reported, what Boxoffice did, and what administrators asked for. */
export function PaymentHistory({ history }: { history: PaymentHistoryEntry[] }) {
  return (
    <section className="card table" aria-labelledby="payment-history">
      <h2 id="payment-history">History</h2>
      {history.length === 0 ? (
        <p className="no-history muted">The provider has not reported anything yet.</p>
      ) : (
        <Table
          name="History"
          rows={history.map((entry, index) => ({ ...entry, index }))}
          rowKey={({ index }) => index}
          columns={[
            { title: 'Time', show: ({ at }) => formatPreciseDateTime(at) },
            { title: 'Source', show: ({ source }) => sources[source] },
            { title: 'What', show: describe },
            { title: 'Result', show: resultOf },
            { title: 'Details', show: ({ data }) => data && <Details data={data} /> },
          ]}
        />
      )}
    </section>
  );
}

const steps: Record<string, string> = {
  captured: 'Took the money',
  voided: 'Released the money',
  refunded: 'Gave the money back',
  find: 'Asked the provider',
  capture: 'Tried to take the money',
  void: 'Tried to release the money',
  refund: 'Tried to give the money back',
  confirm: 'Tried to book the seats',
  cancel: 'Tried to cancel the booking',
};

function describe({ source, kind }: PaymentHistoryEntry) {
  if (source === 'event') return <code>{kind}</code>;
  if (source === 'administrator' && kind === 'refund') return 'Asked for a refund';
  return steps[kind] ?? kind;
}

function resultOf({ source, outcome }: PaymentHistoryEntry): string {
  if (outcome === null) return 'not handled yet';
  const [, amount, currency] = (source === 'boxoffice' && /^(\d+) ([A-Z]{3})$/.exec(outcome)) || [];
  return amount && currency ? formatMoney(Number(amount), currency) : outcome;
}

function Details({ data }: { data: Record<string, unknown> }) {
  return (
    <details>
      <summary>Data</summary>
      <pre>{JSON.stringify(data, null, 2)}</pre>
    </details>
  );
}
