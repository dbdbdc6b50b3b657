import type { AdminPaymentDetail, PaymentHistoryEntry } from '@boxoffice/client';
import type { ReactNode } from 'react';
import { formatPreciseDateTime } from '../../lib/format.ts';
import { formatMoney } from '../../lib/money.ts';
import { Table } from '../list/table.tsx';
import { priceOf, statuses } from './payment-facts.ts';
import './payment-history.css';

const sources = { event: 'Provider', boxoffice: 'Boxoffice', administrator: 'Administrator' };

/** What the provider reported, what Boxoffice did, and what administrators asked for, after the buyer began. */
export function PaymentHistory({ payment }: { payment: AdminPaymentDetail }) {
  const begun = { at: payment.created_at, source: 'Buyer', what: 'Started to pay', result: priceOf(payment) };
  const rows: Line[] = [begun, ...payment.history.map(lineOf)];
  return (
    <section className="card table" aria-labelledby="payment-history">
      <h2 id="payment-history">History</h2>
      <Table
        name="History of the payment"
        rows={rows.map((line, index) => ({ ...line, index }))}
        rowKey={({ index }) => index}
        columns={[
          { title: 'Time', show: ({ at }) => formatPreciseDateTime(at) },
          { title: 'Source', show: ({ source }) => source },
          { title: 'What', show: ({ what }) => what },
          { title: 'Result', show: ({ result }) => result },
          { title: 'Details', show: ({ data }) => data && <Details data={data} /> },
        ]}
      />
    </section>
  );
}

interface Line {
  at: string;
  source: string;
  what: ReactNode;
  result: string;
  data?: PaymentHistoryEntry['data'];
}

function lineOf(entry: PaymentHistoryEntry): Line {
  return {
    ...{ at: entry.at, source: sources[entry.source], data: entry.data },
    ...{ what: describe(entry), result: resultOf(entry) },
  };
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
  if (source === 'administrator') return kind === 'refund' ? 'Asked for a refund' : 'Resolved it';
  return steps[kind] ?? kind;
}

function resultOf({ source, outcome }: PaymentHistoryEntry): string {
  if (outcome === null) return 'not handled yet';
  if (outcome in statuses) return statuses[outcome as keyof typeof statuses].toLowerCase();
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
