/** A host and port, as in a URL; an IPv6 address without its brackets. */
export interface RedisAddress {
  host: string;
  port: number;
}

interface Login {
  username?: string;
  password?: string;
}

/** Where to find Redis: one server, a master that Sentinels know by name, or a cluster. */
export type RedisTarget = { isTls: boolean; login: Login } & (
  | { kind: 'server'; address: RedisAddress; database: number }
  | { kind: 'sentinel'; sentinels: RedisAddress[]; name: string; database: number; sentinelLogin: Login }
  | { kind: 'cluster'; nodes: RedisAddress[] }
);

/** Says what is wrong with a URL without quoting any of it, because any part may belong to a password. */
export class RedisUrlError extends Error {
  override name = 'RedisUrlError';
}

const shape =
  /^(?<protocol>redis|rediss)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^@/?#]*))?(?:\?(?<query>[^#]*))?$/;
const defaultPort = { server: 6_379, cluster: 6_379, sentinel: 26_379 };

/**
 * Parses REDIS_URL:
 *
 *   redis://host:6379/0
 *   redis+sentinel://host:26379,host,host/name?db=0&sentinel_username=…&sentinel_password=…
 *   redis+cluster://host:6379,host,host
 *
 * Each may have `user:password@`, which is for the servers; `rediss` instead of `redis` means TLS, for Sentinels too.
 * `new URL` cannot parse it, because of the list of hosts.
 *
 * @throws {RedisUrlError} when it is not one of these
 */
export function parseRedisUrl(url: string): RedisTarget {
  const { protocol, kind = 'server', login, hosts = '', path = '', query = '' } = shape.exec(url)?.groups ?? {};
  const options = new URLSearchParams(query);
  if (!protocol || [...options].some(isTornLogin))
    throw new RedisUrlError(
      'must be redis://host:port, redis+sentinel://h1,h2,h3/name or redis+cluster://h1,h2,h3, with @, /, ? and # ' +
        'percent-encoded in the user and the password',
    );
  const common = { isTls: protocol === 'rediss', login: parseLogin(login) };
  const port = defaultPort[kind as keyof typeof defaultPort];
  const addresses = hosts.split(',').map((host, index) => parseAddress(host, index + 1, port));
  if (kind === 'cluster') {
    allow(options, []);
    if (path !== '' && path !== '0') throw new RedisUrlError('must not name a database: a cluster has only number 0');
    return { kind, nodes: addresses, ...common };
  }
  if (kind === 'sentinel') {
    allow(options, ['db', 'sentinel_username', 'sentinel_password']);
    if (path === '')
      throw new RedisUrlError('must end in the name that the Sentinels know: redis+sentinel://h1,h2,h3/name');
    const sentinelLogin = {
      ...optional('username', options.get('sentinel_username')),
      ...optional('password', options.get('sentinel_password')),
    };
    const database = parseDatabase(options.get('db') ?? '0');
    return { kind, sentinels: addresses, name: decoded(path), database, sentinelLogin, ...common };
  }
  const [address, another] = addresses;
  if (!address || another)
    throw new RedisUrlError('names several hosts: begin it with redis+sentinel:// or redis+cluster://');
  return { kind: 'server', address, database: parseDatabase(path || (options.get('db') ?? '0')), ...common };
}

/** After a ? in a password that is not encoded, the rest of the login looks like an option. */
function isTornLogin([name, value]: [string, string]): boolean {
  return name.includes('@') || (value.includes('@') && !name.endsWith('password'));
}

function parseLogin(text: string | undefined): Login {
  if (!text) return {};
  const [username = '', ...password] = text.split(':');
  return { ...optional('username', decoded(username)), ...optional('password', decoded(password.join(':'))) };
}

/** Brackets mark an IPv6 address. */
function parseAddress(text: string, number: number, port: number): RedisAddress {
  const [, ipv6, name, digits] = /^(?:\[([\da-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (!host || Number(digits ?? port) > 65_535)
    throw new RedisUrlError(`has an invalid host or port, number ${number} in its list`);
  return { host, port: Number(digits ?? port) };
}

function parseDatabase(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new RedisUrlError('has a database that is not a number');
  return Number(text);
}

function allow(options: URLSearchParams, names: readonly string[]): void {
  if ([...options.keys()].every((name) => names.includes(name))) return;
  const known = names.length > 0 ? `the only ones are ${names.join(', ')}` : 'a cluster has none';
  throw new RedisUrlError(`has an unknown option after the question mark: ${known}`);
}

function optional<Name extends 'username' | 'password'>(name: Name, value: string | null): { [key in Name]?: string } {
  return value ? ({ [name]: value } as { [key in Name]?: string }) : {};
}

/** A % that does not begin an escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
