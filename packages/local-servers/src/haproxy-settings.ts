import { problem } from '@boxoffice/shared/contracts/problems';

/** Where HAProxy listens, and the services behind it. */
export interface HaproxyListener {
  name: string;
  host: string;
  port: number;
  /** Addresses of the services, such as `127.0.0.1:3100`. */
  servers: string[];
  /** Whether clients reach it through another proxy, which sets X-Forwarded-Proto and decides what is traced. */
  isBehindProxy?: boolean;
}

/**
 * Settings for HAProxy 2.4 and later.
 *
 * A service is taken out of rotation only when it does not respond or says that it is stopping: one that lacks a dependency
 * still answers what it can, and explains the rest better than a proxy would. A request that has not reached a service is
 * sent to another. Reads are also retried when the connection breaks before a response; everything else is not: clients
 * have Idempotency-Keys for that. No response causes a retry, not even a 503: it says how long to wait.
 */
export function haproxySettings(listeners: readonly HaproxyListener[]): string {
  return `global
  log stdout format raw local0 notice
  hard-stop-after 10s

defaults
  mode http
  log global
  option forwardfor
  option redispatch 1
  option httpchk GET /readyz
  http-check expect ! string stopping
  balance leastconn
  retries 3
  retry-on conn-failure empty-response junk-response
  timeout connect 1s
  timeout check 2s
  timeout client 60s
  timeout server 60s
  timeout http-request 15s
  timeout http-keep-alive 60s
  timeout queue 1s
  default-server check inter 500ms fall 2 rise 1
${[502, 503, 504].map(unavailable).join('\n')}
${listeners.map(listen).join('\n')}`;
}

/** HAProxy's own error, in the form that clients know from the gateway. */
function unavailable(status: number): string {
  const detail =
    'The service does not respond. A request other than a read may have been accepted: use an Idempotency-Key.';
  const body = JSON.stringify({ ...problem('service_unavailable', detail), status });
  return `  http-error status ${status} content-type application/problem+json string '${body}' hdr Retry-After 1`;
}

/** The gateways believe these headers, because they trust HAProxy: clients must not be able to set them. */
const fromOutside = [
  'http-request set-header X-Forwarded-Proto http',
  ...['X-Forwarded-For', 'X-Forwarded-Host', 'traceparent', 'tracestate'].map(
    (header) => `http-request del-header ${header}`,
  ),
];

function listen({ name, host, port, servers, isBehindProxy = false }: HaproxyListener): string {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const lines = [
    `listen ${name}`,
    `bind ${address}`,
    'http-request disable-l7-retry unless METH_GET',
    ...(isBehindProxy ? [] : fromOutside),
    ...servers.map((server, index) => `server ${name}-${index + 1} ${server}`),
  ];
  return `\n${lines.join('\n  ')}\n`;
}
