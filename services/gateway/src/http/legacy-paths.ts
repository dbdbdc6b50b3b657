import type { IncomingMessage } from 'node:http';

/** Paths of the first generation that have another name now. */
const renamed: [RegExp, string][] = [
  [/^(\/api)?\/signup\/?$/, '/api/auth/signup/'],
  [/^(\/api)?\/login\/?$/, '/api/auth/login/'],
  [/^(\/api)?\/login\/refresh\/?$/, '/api/auth/refresh/'],
  [/^\/(?=(auth|movies|shows|bookings|jobs|my-bookings)(\/|$))/, '/api/'],
];

/** The path that a request means, so that what was written for the first generation goes on working. */
export function currentUrl({ url = '/' }: IncomingMessage): string {
  const [path = '/', ...query] = url.split('?');
  const rename = renamed.find(([pattern]) => pattern.test(path));
  return rename ? [path.replace(...rename), ...query].join('?') : url;
}
