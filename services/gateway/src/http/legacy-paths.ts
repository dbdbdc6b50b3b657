import type { IncomingMessage } from 'node:http';

/** First-generation paths that have been renamed. */
const renamed: [RegExp, string][] = [
  [/^(\/api)?\/signup\/?$/, '/api/auth/signup/'],
  [/^(\/api)?\/login\/?$/, '/api/auth/login/'],
  [/^(\/api)?\/login\/refresh\/?$/, '/api/auth/refresh/'],
  [/^\/(?=(auth|movies|shows|bookings|jobs|my-bookings)(\/|$))/, '/api/'],
];

/** Rewrites first-generation paths to the current ones, so that their clients keep working. */
export function currentUrl({ url = '/' }: IncomingMessage): string {
  const [path = '/', ...query] = url.split('?');
  const rename = renamed.find(([pattern]) => pattern.test(path));
  return rename ? [path.replace(...rename), ...query].join('?') : url;
}
