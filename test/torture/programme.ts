import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './clients/behaviours.ts';
import type { World } from './world/world.ts';

const administrator = 1;
const patienceMs = 60_000;

/** Puts shows on the programme, by the HTTP interface. */
export class Programme {
  readonly #world: World;
  readonly #token: string;
  #movie: number | null = null;
  #count = 0;

  constructor(world: World) {
    this.#world = world;
    this.#token = world.tokens.sign(administrator, 'admin');
  }

  async addShows(number: number, totalSeats: number): Promise<Stage[]> {
    this.#movie ??= await this.#create('/api/admin/movies/', {
      title: 'The Last Reel',
      duration_minutes: 90,
      description: '',
      rating: '',
      language: '',
      poster_url: null,
    });
    const stages: Stage[] = [];
    for (let left = number; left > 0; left--) {
      const show = await this.#create('/api/admin/shows/', {
        movie_id: this.#movie,
        // A screen of its own: shows on one screen must not overlap.
        screen_name: `Screen ${++this.#count}`,
        date_time: new Date(Date.now() + 7 * 86_400_000).toISOString(),
        total_seats: totalSeats,
        seats_per_row: 10,
      });
      stages.push({ show, seats: Array.from({ length: totalSeats }, (_, index) => label(index)) });
    }
    return stages;
  }

  async #create(path: string, body: object): Promise<number> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const response = await fetch(`${this.#world.urls[0]}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        // A connection kept from the last round may have fallen silent in a storm.
        signal: AbortSignal.timeout(5_000),
      }).catch(() => null);
      const answer = response && ((await response.json().catch(() => null)) as { id?: number } | null);
      if (response?.status === 201 && answer?.id) return answer.id;
      if (performance.now() > deadline) throw new Error(`POST ${path}: ${response?.status} ${JSON.stringify(answer)}`);
      await delay(200);
    }
  }
}

/** The label of a seat, ten to a row. */
function label(index: number): string {
  return `${String.fromCharCode(65 + Math.floor(index / 10))}${(index % 10) + 1}`;
}
