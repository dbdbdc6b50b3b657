/** Paths that are no operations; the files that pages load are added to them. */
const paths = [
  ...[
    '/',
    '/boxoffice/',
    '/boxoffice/shows/1',
    '/admin/',
    '/admin/shows/1/show',
    '/assets/',
    '/favicon.ico',
    '/schema/',
  ],
  ...[
    '/schema/?format=yaml',
    '/swagger/',
    '/swagger/json',
    '/swagger/static/',
    '/redoc/',
    '/redoc/redoc.standalone.js',
  ],
  ...['/ops/queues', '/ops/queues/static/', '/ops/queues/api/queues', '/livez', '/metrics', '/nowhere'],
  ...['/login', '/api/login/refresh', '/movies/1/shows', '/my-bookings', '/internal/shows/1', '/api/', '/.env'],
];

/** Paths of every page, and of the files that the pages load. */
export async function pagePaths(url: string): Promise<string[]> {
  const pages = await Promise.all(
    ['/', '/boxoffice/', '/admin/', '/swagger/'].map(async (path) => (await fetch(`${url}${path}`)).text()),
  );
  const files = pages.flatMap((html) =>
    [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="(\.?\/[^"]+)"/g)].map(([, file = '']) =>
      file.startsWith('./') ? `/swagger${file.slice(1)}` : file,
    ),
  );
  return [...paths, ...new Set(files)];
}
