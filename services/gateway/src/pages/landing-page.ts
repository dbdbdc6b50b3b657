import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { BookingShow } from '@boxoffice/shared/contracts/booking';
import type { ShowView } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { matchesIfNoneMatch } from '@boxoffice/shared/service/conditional-requests';
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CatalogClient } from '../catalog/index.ts';

/** How many shows the page lists. */
const showLimit = 6;
/** Page and programme are read at most this often, however many visitors there are, in milliseconds. */
const programmeFreshMs = 1_000;

export interface LandingPageDependencies {
  catalog: Pick<CatalogClient, 'listShows' | 'findBookingShows'>;
}

interface PlayingShow extends ShowView {
  movie: BookingShow['movie'];
}

/**
 * Serves `/`: the built page with the programme rendered into it, so it works without JavaScript. While the
 * catalog is unavailable the page says so.
 *
 * @param file the built page
 * @param headers of the response
 */
export function addLandingPage(
  http: FastifyInstance,
  { catalog }: LandingPageDependencies,
  { file, headers }: { file: string; headers: Record<string, string> },
): void {
  const contents = new LRUCache<string, [template: string, shows: PlayingShow[] | null], string>({
    max: 1,
    ttl: programmeFreshMs,
    fetchMethod: (_file, _stale, { context: requestId }) =>
      Promise.all([readFile(file, 'utf8'), nextShows(catalog, requestId)]),
  });

  http.get('/', { schema: { hide: true } }, async (request, reply) => {
    const [template, shows] = await contents.forceFetch(file, { context: request.id });
    const page = template
      .replace('<!-- programme -->', () => programme(shows))
      .replaceAll('__ORIGIN__', () => http.publicUrl())
      .replaceAll('__SHOW__', String(shows?.[0]?.id ?? 1));
    const etag = `"${createHash('sha256').update(page).digest('base64url')}"`;
    reply.headers({ ...headers, etag, vary: 'accept-encoding' }).type('text/html; charset=utf-8');
    if (matchesIfNoneMatch(request.headers['if-none-match'], etag)) return reply.code(304).send();
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return page;
    return reply.header('content-encoding', 'gzip').send(await promisify(gzip)(page));
  });
}

/** The next shows with their movies; null while the catalog is unavailable. */
async function nextShows(
  catalog: LandingPageDependencies['catalog'],
  requestId: string,
): Promise<PlayingShow[] | null> {
  try {
    const { results } = await catalog.listShows({ page: 1, page_size: showLimit, from: new Date() }, requestId);
    const known = await catalog.findBookingShows(
      results.map(({ id }) => id),
      requestId,
    );
    return results.flatMap((show) => {
      const { movie } = known.get(show.id) ?? {};
      return movie ? [{ ...show, movie }] : [];
    });
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

function programme(shows: PlayingShow[] | null): string {
  if (!shows) return '<p class="notice">The programme is unavailable right now. Try again in a moment.</p>';
  if (shows.length === 0)
    return '<p class="notice">No shows are scheduled yet. Administrators add them in the <a href="/admin/">admin portal</a>.</p>';
  return `<ol class="programme">${shows.map(programmeRow).join('')}</ol>`;
}

const startFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

function programmeRow({ id, date_time, screen_name, total_seats, available_seats, movie }: PlayingShow): string {
  const start = startFormat.format(new Date(date_time));
  const sold = (100 * (total_seats - available_seats)) / total_seats;
  const free = available_seats === 0 ? 'sold out' : `${available_seats} of ${total_seats} free`;
  return `
            <li><a href="/boxoffice/shows/${id}"><time datetime="${date_time}">${start} UTC</time>
              <span class="title">${escaped(movie.title)}</span> <span class="screen">${escaped(screen_name)}</span>
              <span class="free"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${sold.toFixed(1)}" height="10"/></svg> ${free}</span></a></li>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
