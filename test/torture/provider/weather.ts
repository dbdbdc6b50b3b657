import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** How the provider currently treats its callers. Shares are of all calls, or of all events. */
export interface ProviderWeather {
  /** How long a call takes at most, in milliseconds; half of it before the provider acts. */
  slowMs?: number;
  /** Is refused without acting, with this status. */
  refuse?: { share: number; status: number };
  /** Acts, and closes the connection without an answer. */
  drop?: number;
  /** Acts, and never answers. */
  hang?: number;
  /** Events that are never sent. */
  lose?: number;
  /** Events that are sent three times. */
  repeat?: number;
  /** How late an event is sent at most, in milliseconds: the next one may overtake it. */
  lateMs?: number;
}

/** Tells the provider's process its weather by a file: it holds when that process is frozen, or started again. */
export class WeatherFile {
  readonly path: string;
  readonly #disturbances = new Set<ProviderWeather>();

  constructor(path: string) {
    this.path = path;
    this.#write();
  }

  /** Begins a disturbance; returns a function that ends it. */
  disturb(disturbance: ProviderWeather): () => void {
    this.#disturbances.add(disturbance);
    this.#write();
    return () => {
      this.#disturbances.delete(disturbance);
      this.#write();
    };
  }

  #write(): void {
    writeFileSync(`${this.path}.new`, JSON.stringify(Object.assign({}, ...this.#disturbances)));
    renameSync(`${this.path}.new`, this.path);
  }
}

export const readWeather = (path: string): ProviderWeather => JSON.parse(readFileSync(path, 'utf8')) as ProviderWeather;
