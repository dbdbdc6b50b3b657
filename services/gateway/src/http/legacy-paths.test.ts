import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { currentUrl } from './legacy-paths.ts';

test.each([
  ['/signup', '/api/auth/signup/'],
  ['/signup/', '/api/auth/signup/'],
  ['/signup?next=/login/', '/api/auth/signup/?next=/login/'],
  ['/api/signup/', '/api/auth/signup/'],
  ['/login', '/api/auth/login/'],
  ['/api/login/', '/api/auth/login/'],
  ['/login/refresh/', '/api/auth/refresh/'],
  ['/api/login/refresh', '/api/auth/refresh/'],
  ['/movies/', '/api/movies/'],
  ['/movies', '/api/movies'],
  ['/movies/1/shows/', '/api/movies/1/shows/'],
  ['/movies/1/shows/?from=2030-01-01&to=2030-02-01', '/api/movies/1/shows/?from=2030-01-01&to=2030-02-01'],
  ['/shows/7/book/', '/api/shows/7/book/'],
  ['/bookings/7/cancel/', '/api/bookings/7/cancel/'],
  ['/my-bookings/?status=booked', '/api/my-bookings/?status=booked'],
  ['/auth/me/', '/api/auth/me/'],
  ['/jobs/7/', '/api/jobs/7/'],
])('%s is routed to %s', (url, expected) => {
  expect(currentUrl({ url } as IncomingMessage)).toBe(expected);
});

test.each([
  '/',
  '/api/movies/',
  '/api/auth/login/',
  '/api/shows/7/book/',
  '/swagger/',
  '/schema/?format=yaml',
  '/ops/queues/',
  '/livez',
  '/moviestar',
  '/login/other',
  '/admin/movies/',
  '//movies/',
  '/swagger/?url=/movies/',
])('%s is left unchanged', (url) => {
  expect(currentUrl({ url } as IncomingMessage)).toBe(url);
});
