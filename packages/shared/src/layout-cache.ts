import type { Layout } from './layout.ts';

/** Enough for the largest thirty halls, or for a thousand of 300 seats. */
const placeLimit = 300_000;

/**
 * Layouts by id, for as long as there is room: layouts are immutable, so that a cached one is never outdated. The
 * least recently used make room for others.
 */
export class LayoutCache {
  readonly #layouts = new Map<number, Layout>();
  #places = 0;

  get(id: number): Layout | null {
    const layout = this.#layouts.get(id);
    if (!layout) return null;
    // The map's order is that of last use.
    this.#layouts.delete(id);
    this.#layouts.set(id, layout);
    return layout;
  }

  /** The layout with this id, which `load` reads when the cache lacks it. Rejects as `load` does. */
  async getOrLoad(id: number, load: () => Promise<Layout>): Promise<Layout> {
    return this.get(id) ?? this.add(id, await load());
  }

  /** Adds a layout, unless there is one with its id. Returns the one in the cache. */
  add(id: number, layout: Layout): Layout {
    const known = this.get(id);
    if (known) return known;
    this.#layouts.set(id, layout);
    this.#places += placesOf(layout);
    for (const [oldest, old] of this.#layouts) {
      if (this.#places <= placeLimit) break;
      this.#layouts.delete(oldest);
      this.#places -= placesOf(old);
    }
    return layout;
  }
}

function placesOf({ rows }: Layout): number {
  return rows.reduce((sum, row) => sum + row.length, 0);
}
