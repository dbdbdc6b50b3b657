import type { SaleCell } from '../sales/sale-cells.ts';
import { isBought } from '../sales/sales.ts';
import type { Report } from './report.ts';
import { ratioOf } from './spread.ts';
import { formatCount, formatSpread, type Table } from './table.ts';

export function holdTable({ sales }: Report): Table {
  const cells = sales.filter(({ kind }) => isBought(kind));
  return {
    title: 'Hold and confirm, or pay online: tickets per second, milliseconds, and CPU per ticket',
    headings: [
      ...['', 'system', 'per second', '× row lock', 'hold p50', 'hold p99', 'then p50', 'then p99'],
      ...['both p50', 'both p99', 'CPU µs'],
    ],
    rows: cells.map((cell) => [
      `hold and ${cell.kind === 'paid' ? 'pay' : 'confirm'}, ${cell.connections}`,
      cell.system,
      formatSpread(cell.rate),
      ratioToRowLock(cells, cell),
      ...[cell.firstMs, cell.lastMs, cell.purchaseMs].flatMap(({ p50, p99 }) => [p50.toFixed(1), p99.toFixed(1)]),
      formatCount(cell.cpuMicros.median),
    ]),
  };
}

export function bestTable({ sales }: Report): Table {
  const cells = sales.filter(({ kind }) => !isBought(kind));
  return {
    title: 'A thousand people who want four good seats each, at the same time',
    headings: ['', 'system', 'per second', '× row lock', 'seconds', 'requests each', 'p50 ms', 'p99 ms'],
    rows: cells.map((cell) => [
      cell.kind === 'best' ? 'best: the best four' : 'four of their own choice',
      cell.system,
      formatSpread(cell.rate),
      ratioToRowLock(cells, cell),
      formatSpread(cell.seconds, 2),
      cell.requestsPerPurchase.median.toFixed(1),
      cell.purchaseMs.p50.toFixed(1),
      cell.purchaseMs.p99.toFixed(1),
    ]),
  };
}

export function expiryTable({ expiry }: Report): Table {
  const rows = expiry
    ? [
        ['hot, waiting, 64, without: per second', formatSpread(expiry.rateWithout)],
        ['hot, waiting, 64, meanwhile: per second', formatSpread(expiry.rateMeanwhile)],
        ['hot, waiting, 64, without: p99 ms', formatSpread(expiry.p99Without, 1)],
        ['hot, waiting, 64, meanwhile: p99 ms', formatSpread(expiry.p99Meanwhile, 1)],
        ['p99 meanwhile, × without', `${ratioOf(expiry.p99Meanwhile, expiry.p99Without).toFixed(2)} ×`],
        ['from the end of a hold to its row: p50 ms', formatSpread(expiry.delayP50)],
        ['from the end of a hold to its row: p99 ms', formatSpread(expiry.delayP99)],
        ['from the end of a hold to its row: longest, ms', formatSpread(expiry.delayMax)],
      ]
    : [];
  const title = expiry ? `${formatCount(expiry.holds)} holds that end within ${expiry.seconds} s` : '';
  return { title, headings: ['', 'figure'], rows };
}

function ratioToRowLock(cells: readonly SaleCell[], { kind, connections, system, rate }: SaleCell): string {
  const peer = cells.find(
    (cell) => cell.system === 'row lock' && cell.kind === kind && cell.connections === connections,
  );
  return system === 'boxoffice' && peer ? `${ratioOf(rate, peer.rate).toFixed(2)} ×` : '';
}
