import { gap } from './contracts/screens.ts';

/** What a character of a layout stands for. */
export interface SeatKind {
  category: string;
  accessible?: boolean | undefined;
}

/**
 * A hall's seats as text: one string per row from the front, one character per place. `_` is a gap; the legend
 * says what the other characters are. Immutable: a show keeps the layout it was created with.
 */
export interface Layout {
  rows: readonly string[];
  legend: Readonly<Record<string, SeatKind>>;
}

/** A seat of a hall. `number` counts from 1 within the row, gaps not counted; `column` counts from 1 with gaps. */
export interface Seat {
  label: string;
  row: string;
  number: number;
  column: number;
  category: string;
  accessible: boolean;
}

/** The seats of a layout in their order, from the front, and by label. */
interface IndexedLayout {
  seats: readonly Seat[];
  byLabel: ReadonlyMap<string, Seat>;
  columns: number;
}

const indexes = new WeakMap<Layout, IndexedLayout>();

/** Lists a layout's seats, row by row from the front. Computed once per layout object. */
export function seatsOf(layout: Layout): readonly Seat[] {
  return indexOf(layout).seats;
}

export function seatByLabel(label: string, layout: Layout): Seat | null {
  return indexOf(layout).byLabel.get(label) ?? null;
}

/** The width of a layout: its longest row, with gaps. */
export function columnsOf(layout: Layout): number {
  return indexOf(layout).columns;
}

/** Labels a row: 0 is A, 25 is Z, 26 is AA (bijective base 26). */
export function rowLabel(row: number): string {
  let label = '';
  for (let rest = row + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    label = String.fromCharCode(65 + ((rest - 1) % 26)) + label;
  }
  return label;
}

function indexOf(layout: Layout): IndexedLayout {
  const known = indexes.get(layout);
  if (known) return known;
  const index = buildIndex(layout);
  indexes.set(layout, index);
  return index;
}

/** A row without seats is an aisle across the hall and takes no label. */
function buildIndex({ rows, legend }: Layout): IndexedLayout {
  const labelled = rows.filter((row) => [...row].some((place) => place !== gap));
  const seats = labelled.flatMap((places, index) => seatsOfRow(rowLabel(index), places, legend));
  return {
    seats,
    byLabel: new Map(seats.map((seat) => [seat.label, seat])),
    columns: Math.max(...rows.map((row) => [...row].length)),
  };
}

function seatsOfRow(row: string, places: string, legend: Layout['legend']): Seat[] {
  let number = 0;
  return [...places].flatMap((place, index): Seat[] => {
    if (place === gap) return [];
    const kind = legend[place];
    if (!kind) throw new Error(`${JSON.stringify(place)} is not in the legend of the layout`);
    number++;
    const { category, accessible = false } = kind;
    return [{ label: `${row}${number}`, row, number, column: index + 1, category, accessible }];
  });
}
