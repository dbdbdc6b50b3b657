import type { AddressInfo } from 'node:net';
import { type Config, ConfigError } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';

declare module 'fastify' {
  interface FastifyInstance {
    /** The origin under which clients reach this gateway, for absolute links. Never what a client's Host says. */
    publicUrl(): string;
  }
}

type PublicUrlConfig = Pick<Config, 'PUBLIC_URL' | 'NODE_ENV' | 'HOST' | 'PORT'>;

/**
 * Gives a server its public URL: PUBLIC_URL, or in development and test the address that it listens on. A Host or
 * X-Forwarded-Host header is never repeated in a link: a client can put any host there, and a cache could pass the
 * link on to others.
 *
 * @throws {ConfigError} in production when PUBLIC_URL is not set
 */
export function addPublicUrl(http: Http, { PUBLIC_URL, NODE_ENV, HOST, PORT }: PublicUrlConfig): void {
  if (!PUBLIC_URL && NODE_ENV === 'production') {
    throw new ConfigError(
      'PUBLIC_URL is not set, and production guesses no address: set the origin under which clients reach the gateway, such as PUBLIC_URL=https://tickets.example.',
    );
  }
  const isLocal = ['127.0.0.1', '0.0.0.0', '::', ''].includes(HOST);
  const host = isLocal ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  const portOf = (address: string | AddressInfo | null) => (typeof address === 'object' && address?.port) || PORT;
  http.decorate('publicUrl', () => PUBLIC_URL ?? `http://${host}:${portOf(http.server.address())}`);
}
