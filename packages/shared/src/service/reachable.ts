/** An address to connect to, for one to listen on: a wildcard is reached on this machine as loopback. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
