import { pageLimit } from '@boxoffice/shared/contracts/pagination';

/** What a link is made of: the path as it was requested, below the gateway's public URL. */
interface PagedRequest {
  originalUrl: string;
  server: { publicUrl(): string };
}

/**
 * The links of one page of a list: absolute URLs of the request's own path, with its other query
 * parameters kept. A page past the end links back to the last page there is.
 *
 * @param page this page's number, from 1
 * @param pageSize results per page
 * @param count results in all pages
 */
export function pageLinks(
  request: PagedRequest,
  page: number,
  pageSize: number,
  count: number,
): { next: string | null; previous: string | null } {
  const last = Math.min(Math.max(1, Math.ceil(count / pageSize)), pageLimit);
  return {
    next: page < last ? linkTo(request, page + 1) : null,
    previous: page > 1 ? linkTo(request, Math.min(page - 1, last)) : null,
  };
}

/** Concatenated as text: `new URL` reads `//x/y` as another host. */
function linkTo({ originalUrl, server }: PagedRequest, page: number): string {
  const [path = '/', ...query] = originalUrl.split('?');
  const parameters = new URLSearchParams(query.join('?'));
  parameters.set('page', String(page));
  return `${server.publicUrl()}${path}?${parameters}`;
}
