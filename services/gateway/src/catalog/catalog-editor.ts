import type { Author } from '@boxoffice/shared/contracts/audit';
import type {
  MovieChangeBody,
  MovieCreateBody,
  MovieView,
  ShowCancelBody,
  ShowChangeBody,
  ShowCreateBody,
  ShowRunBody,
  ShowView,
} from '@boxoffice/shared/contracts/catalog';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { ScreenBody, ScreenChangeBody, ScreenView } from '@boxoffice/shared/contracts/screens';
import { type CatalogConnection, type CatalogRequest, type CatalogResponse, parseBody } from './catalog-connection.ts';

type Change = Pick<CatalogRequest, 'method' | 'path' | 'body'>;

/**
 * Administrators' changes to movies, screens and shows. Every method takes the author of the change, for the
 * audit, and rejects as `CatalogConnection` does.
 */
export class CatalogEditor {
  readonly #connection: CatalogConnection;
  readonly #onChange: () => void;

  /** @param onChange called after every attempt, even a failed one: a request that timed out may have been applied */
  constructor(connection: CatalogConnection, onChange: () => void) {
    this.#connection = connection;
    this.#onChange = onChange;
  }

  createMovie(body: MovieCreateBody, author: Author): Promise<MovieView> {
    return this.#changeJson(author, { method: 'POST', path: '/movies', body });
  }

  /** Writes the given fields only. */
  changeMovie(id: number, body: MovieChangeBody, author: Author): Promise<MovieView> {
    return this.#changeJson(author, { method: 'PATCH', path: `/movies/${id}`, body });
  }

  /** Writes every field. */
  replaceMovie(id: number, body: MovieCreateBody, author: Author): Promise<MovieView> {
    return this.#changeJson(author, { method: 'PUT', path: `/movies/${id}`, body });
  }

  async deleteMovie(id: number, author: Author): Promise<void> {
    await this.#change(author, { method: 'DELETE', path: `/movies/${id}` });
  }

  createScreen(body: ScreenBody, author: Author): Promise<ScreenView> {
    return this.#changeJson(author, { method: 'POST', path: '/screens', body });
  }

  /** Writes the given fields only. */
  changeScreen(id: number, body: ScreenChangeBody, author: Author): Promise<ScreenView> {
    return this.#changeJson(author, { method: 'PATCH', path: `/screens/${id}`, body });
  }

  /** Writes every field. */
  replaceScreen(id: number, body: ScreenBody, author: Author): Promise<ScreenView> {
    return this.#changeJson(author, { method: 'PUT', path: `/screens/${id}`, body });
  }

  async deleteScreen(id: number, author: Author): Promise<void> {
    await this.#change(author, { method: 'DELETE', path: `/screens/${id}` });
  }

  createShow(body: ShowCreateBody, author: Author): Promise<ShowView> {
    return this.#changeJson(author, { method: 'POST', path: '/shows', body });
  }

  /** Creates all of the shows, or none. */
  createRunOfShows(movieId: number, body: ShowRunBody, author: Author): Promise<Rows<ShowView>> {
    return this.#changeJson(author, { method: 'POST', path: `/movies/${movieId}/shows/run`, body });
  }

  /** Writes the given fields only. */
  changeShow(id: number, body: ShowChangeBody, author: Author): Promise<ShowView> {
    return this.#changeJson(author, { method: 'PATCH', path: `/shows/${id}`, body });
  }

  /** Writes every field. */
  replaceShow(id: number, body: ShowCreateBody, author: Author): Promise<ShowView> {
    return this.#changeJson(author, { method: 'PUT', path: `/shows/${id}`, body });
  }

  /** Cancels a show. Idempotent. */
  cancelShow(id: number, body: ShowCancelBody, author: Author): Promise<ShowView> {
    return this.#changeJson(author, { method: 'POST', path: `/shows/${id}/cancel`, body });
  }

  async deleteShow(id: number, author: Author): Promise<void> {
    await this.#change(author, { method: 'DELETE', path: `/shows/${id}` });
  }

  async #changeJson<Body>(author: Author, change: Change): Promise<Body> {
    return parseBody<Body>(await this.#change(author, change));
  }

  async #change({ actorId, requestId }: Author, change: Change): Promise<CatalogResponse> {
    try {
      return await this.#connection.request({ ...change, requestId, headers: { 'x-actor-id': String(actorId) } });
    } finally {
      this.#onChange();
    }
  }
}
