/** A bar chart of the rates as an SVG, legible on light and dark pages. */
import type { SystemName } from '../workloads/workloads.ts';
import type { Cell } from './cells.ts';

const width = 760;
const labelWidth = 190;
const figureWidth = 70;
const barHeight = 16;
const groupGap = 14;
const legendHeight = 40;
const systems: SystemName[] = ['boxoffice', 'direct', 'row lock'];

/** Draws the rates of all cells but browse, which runs on one system only. */
export function drawChart(cells: readonly Cell[]): string {
  const groups = groupsOf(cells);
  const highest = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ rate }) => rate)));
  const scale = (width - labelWidth - figureWidth) / highest;
  let y = legendHeight;
  const drawn = groups.map(({ name, bars }) => {
    const middle = y + (bars.length * barHeight) / 2 + 4;
    const shapes = [`<text x="${labelWidth - 10}" y="${middle}" text-anchor="end">${name}</text>`];
    for (const { system, rate } of bars) {
      const length = Math.max(1, Math.round(rate * scale));
      const text = Math.round(rate).toLocaleString('en-US');
      shapes.push(
        `<rect class="${classOf(system)}" x="${labelWidth}" y="${y}" width="${length}" height="${barHeight - 3}" rx="2"/>`,
        `<text class="figure" x="${labelWidth + length + 6}" y="${y + 11}">${text}</text>`,
      );
      y += barHeight;
    }
    y += groupGap;
    return shapes.join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="Requests per second">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.figure { font-size: 12px; fill: #57606a }
.boxoffice { fill: #0969da }
.direct { fill: #8c959f }
.row-lock { fill: #bf8700 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .figure { fill: #9da7b3 }
  .boxoffice { fill: #4493f8 }
  .direct { fill: #6e7681 }
  .row-lock { fill: #d29922 }
}
</style>
${legend()}
${drawn.join('\n')}
</svg>
`;
}

interface Group {
  name: string;
  bars: { system: SystemName; rate: number }[];
}

function groupsOf(cells: readonly Cell[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { workload, mode, connections, system, rate } of cells) {
    if (workload === 'browse') continue;
    const name = `${workload}, ${mode === 'wait' ? 'waiting' : '202'}, ${connections}`;
    const group = groups.get(name) ?? { name, bars: [] };
    group.bars.push({ system, rate: rate.median });
    groups.set(name, group);
  }
  return [...groups.values()];
}

function legend(): string {
  return systems
    .map((system, i) => {
      const x = labelWidth + i * 110;
      return `<rect class="${classOf(system)}" x="${x}" y="10" width="12" height="12" rx="2"/><text x="${x + 18}" y="20">${system}</text>`;
    })
    .concat(`<text x="${labelWidth - 10}" y="20" text-anchor="end">requests per second</text>`)
    .join('\n');
}

const classOf = (system: SystemName): string => system.replace(' ', '-');
