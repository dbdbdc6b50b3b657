/** Database URLs that name several servers, in libpq's notation: `postgres://user:pw@one:5432,two:5432/db`. */

const pattern = /^(postgres(?:ql)?:\/\/(?:[^/?]*@)?)([^/?]*)(.*)$/;

/** One URL per server. Each is an ordinary URL; `target_session_attrs` is left out, as we always want the primary. */
export function splitHosts(url: string): [string, ...string[]] {
  const [, start = '', hosts = '', rest = ''] = pattern.exec(url) ?? [];
  if (!hosts.includes(',')) return [url];
  const kept = rest.replace(/([?&])target_session_attrs=[^&]*&?/, '$1').replace(/[?&]$/, '');
  return hosts.split(',').map((host) => `${start}${host}${kept}`) as [string, ...string[]];
}

/** The URL of the first server. Everything but host and port is the same for all. */
export const firstUrl = (url: string): URL => new URL(splitHosts(url)[0]);

/** Puts all the servers of the original URL back into a `firstUrl` that has been changed. */
export function restoreHosts(changed: URL, url: string): string {
  const [, , hosts = '', rest = ''] = pattern.exec(url) ?? [];
  if (!hosts.includes(',')) return changed.href;
  const [, start = ''] = pattern.exec(changed.href) ?? [];
  return `${start}${hosts}${rest}`;
}

/**
 * The drivers' options for where to connect: the first server as usual and, if there are several, all of them in `hosts`.
 * Of the URL's parameters only the TLS ones are kept: the driver would let `options` replace the settings that we ask for.
 */
export function connectTo(url: string): { connectionString: string; hosts?: string[] } {
  const urls = splitHosts(url);
  const first = firstUrl(url);
  for (const name of [...first.searchParams.keys()])
    if (!/^(ssl|uselibpqcompat)/.test(name)) first.searchParams.delete(name);
  return { connectionString: first.href, ...(urls.length > 1 && { hosts: urls.map((one) => new URL(one).host) }) };
}
