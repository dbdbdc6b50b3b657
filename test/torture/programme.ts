import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './clients/behaviours.ts';
import { now } from './clients/now.ts';
import type { World } from './world/world.ts';

const administrator = 1;
const patienceMs = 60_000;
const answerPatienceMs = 6_000;

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

  /** @param rules of these shows; default: free, without a limit */
  async addShows(
    number: number,
    totalSeats: number,
    rules: Partial<Pick<Stage, 'price' | 'limit' | 'currency' | 'isOnline'>> = {},
  ): Promise<Stage[]> {
    this.#movie ??= await this.#create('/api/admin/movies/', {
      title: 'The Last Reel',
      duration_minutes: 90,
      description: '',
      rating: '',
      language: '',
      poster_url: null,
    });
    const { price = null, limit = null, currency = price === null ? null : 'EUR', isOnline = false } = rules;
    const stages: Stage[] = [];
    for (let left = number; left > 0; left--) {
      const show = await this.#create('/api/admin/shows/', {
        movie_id: this.#movie,
        // A screen of its own: shows on one screen must not overlap.
        screen_name: `Screen ${++this.#count}`,
        date_time: new Date(Date.now() + 7 * 86_400_000).toISOString(),
        total_seats: totalSeats,
        seats_per_row: 10,
        ...(price !== null && { payment: isOnline ? 'online' : 'counter', prices: { standard: price }, currency }),
        ...(limit !== null && { max_seats_per_user: limit }),
      });
      stages.push({
        show,
        price,
        limit,
        currency,
        isOnline,
        seats: Array.from({ length: totalSeats }, (_, index) => label(index)),
      });
    }
    return stages;
  }

  /** Shows that are paid for online, in currencies with two, without and with three minor digits. */
  async addOnlineShows(): Promise<Stage[]> {
    const add = (seats: number, price: number, currency: string) =>
      this.addShows(1, seats, { price, currency, isOnline: true });
    const shows = [await add(40, 1_250, 'EUR'), await add(40, 1_500, 'JPY'), await add(10, 3_750, 'KWD')];
    return [...shows.flat(), ...(await add(20, 990, 'EUR'))];
  }

  /** Cancels a show, whatever it takes. Returns when the first answer said so; null: none did before `isOver`. */
  async cancelShow(show: number, reason: string, isOver: () => boolean): Promise<number | null> {
    for (let tries = 0; !isOver(); tries++) {
      const url = this.#world.urls[tries % this.#world.urls.length];
      const response = await this.#post(`${url}/api/admin/shows/${show}/cancel/`, { reason });
      const body = response && ((await response.json().catch(() => null)) as { status?: string } | null);
      if (response?.status === 200 && body?.status === 'cancelled') return now();
      await delay(100);
    }
    return null;
  }

  #post(url: string, body: object): Promise<Response | null> {
    return fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // A connection kept from the last round may have fallen silent in a storm.
      signal: AbortSignal.timeout(answerPatienceMs),
    }).catch(() => null);
  }

  async #create(path: string, body: object): Promise<number> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const response = await this.#post(`${this.#world.urls[0]}${path}`, body);
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
