/** The load curve as an SVG: latency on a logarithmic scale over the offered rate, legible on light and dark pages. */
import type { Latencies } from '../load/load.ts';
import type { SystemName } from '../workloads/workloads.ts';
import type { CurveCell } from './curve-cells.ts';
import { formatCount } from './table.ts';

const width = 760;
const height = 440;
const plot = { left: 64, right: 740, top: 112, bottom: 392 };
/** Labels of rates that are closer together than this overlap. */
const labelGap = 46;
const systems: SystemName[] = ['boxoffice', 'direct'];
const percentiles: [name: keyof Latencies, label: string][] = [
  ['p50', 'p50'],
  ['p99', 'p99'],
  ['p999', 'p99.9'],
];

/** Draws p50, p99 and p99.9 of each system, up to the rate at which it cannot keep up. */
export function drawCurve(cells: readonly CurveCell[]): string {
  const rates = [...new Set(cells.map(({ rate }) => rate))].toSorted((a, b) => a - b);
  const axes = { x: rateAxis(rates.at(-1) ?? 1), y: latencyAxis(cells) };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Latency by offered rate">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.scale { font-size: 12px; fill: #57606a }
.grid { stroke: #d0d7de; stroke-width: 1 }
.boxoffice { color: #0969da }
.direct { color: #6e7781 }
.line { fill: none; stroke: currentColor }
.dot { fill: currentColor }
.p50 { stroke-width: 1.5; stroke-dasharray: 7 4 }
.p99 { stroke-width: 2.5 }
.p999 { stroke-width: 1.5; stroke-dasharray: 1.5 3.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .scale { fill: #9da7b3 }
  .grid { stroke: #373e47 }
  .boxoffice { color: #4493f8 }
  .direct { color: #adb5bd }
}
</style>
${legend()}
${grid(axes, rates)}
${systems.map((system, row) => curvesOf(system, row, cells, axes)).join('\n')}
</svg>
`;
}

interface Axes {
  x: (rate: number) => number;
  y: { position: (ms: number) => number; ticks: number[] };
}

const rateAxis = (highest: number) => (rate: number) =>
  Math.round(plot.left + (rate / highest) * (plot.right - 24 - plot.left));

/** From the power of ten below the lowest latency to the tick above the highest. */
function latencyAxis(cells: readonly CurveCell[]): Axes['y'] {
  const drawn = cells.filter(({ keepsUp }) => keepsUp);
  const all = drawn.flatMap(({ latencyMs: { p50, p99, p999 } }) => [p50, p99, p999]).filter((ms) => ms > 0);
  const lowest = 10 ** Math.floor(Math.log10(Math.min(1, ...all)));
  const highest = Math.max(10 * lowest, ...all);
  const ticks: number[] = [];
  for (let decade = lowest; (ticks.at(-1) ?? 0) < highest; decade *= 10) {
    for (const step of [1, 2, 5]) if ((ticks.at(-1) ?? 0) < highest) ticks.push(Number((step * decade).toPrecision(1)));
  }
  const [first = 1, last = 10] = [ticks[0], ticks.at(-1)];
  const scale = (plot.bottom - plot.top) / Math.log10(last / first);
  return { ticks, position: (ms) => Math.round(plot.bottom - Math.log10(Math.max(ms, first) / first) * scale) };
}

function grid({ x, y }: Axes, rates: readonly number[]): string {
  const rows = y.ticks.map((ms) => {
    const at = y.position(ms);
    return `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}"/><text class="scale" x="${plot.left - 8}" y="${at + 4}" text-anchor="end">${ms.toLocaleString('en-US')}</text>`;
  });
  let lastLabel = -Infinity;
  const columns = rates.map((rate) => {
    const at = x(rate);
    const tick = `<line class="grid" x1="${at}" x2="${at}" y1="${plot.bottom}" y2="${plot.bottom + 5}"/>`;
    if (at - lastLabel < labelGap) return tick;
    lastLabel = at;
    return `${tick}<text class="scale" x="${at}" y="${plot.bottom + 20}" text-anchor="middle">${formatCount(rate)}</text>`;
  });
  return [
    ...rows,
    ...columns,
    `<text class="scale" x="${plot.right}" y="${height - 10}" text-anchor="end">offered requests per second</text>`,
    `<text class="scale" x="10" y="76">milliseconds</text>`,
  ].join('\n');
}

function curvesOf(system: SystemName, row: number, cells: readonly CurveCell[], { x, y }: Axes): string {
  const own = cells.filter((cell) => cell.system === system).toSorted((a, b) => a.rate - b.rate);
  const shapes = percentiles.flatMap(([name]) =>
    stretchesOf(own).map((stretch) => {
      const points = stretch.map(({ rate, latencyMs }) => `${x(rate)},${y.position(latencyMs[name])}`);
      const dots = points.map((point) => {
        const [cx, cy] = point.split(',');
        return `<circle class="dot" cx="${cx}" cy="${cy}" r="2.5"/>`;
      });
      return `<polyline class="line ${name}" points="${points.join(' ')}"/>${dots.join('')}`;
    }),
  );
  const overloaded = own.filter(({ keepsUp }) => !keepsUp).map(({ rate }) => cross(x(rate), 84 + row * 14));
  return `<g class="${system}">\n${[...shapes, ...overloaded].join('\n')}\n</g>`;
}

/** A line is drawn only between adjacent rates that the system keeps up with. */
function stretchesOf(cells: readonly CurveCell[]): CurveCell[][] {
  const stretches: CurveCell[][] = [[]];
  for (const cell of cells) {
    if (cell.keepsUp) stretches.at(-1)?.push(cell);
    else stretches.push([]);
  }
  return stretches.filter((stretch) => stretch.length > 0);
}

function legend(): string {
  const line = (x: number, y: number, name: string) =>
    `<line class="line ${name}" x1="${x}" x2="${x + 34}" y1="${y}" y2="${y}"/>`;
  const keys = systems.flatMap((system, row) => {
    const y = 18 + row * 22;
    return [
      `<text x="${plot.left}" y="${y + 4}">${system}</text>`,
      ...percentiles.map(([name, label], column) => {
        const x = plot.left + 90 + column * 100;
        return `<g class="${system}">${line(x, y, name)}</g><text x="${x + 42}" y="${y + 4}">${label}</text>`;
      }),
      `<g class="${system}">${cross(plot.left + 400, y)}</g><text x="${plot.left + 412}" y="${y + 4}">cannot keep up</text>`,
    ];
  });
  return keys.join('\n');
}

const cross = (x: number, y: number): string => `<path class="line p99" d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8"/>`;
