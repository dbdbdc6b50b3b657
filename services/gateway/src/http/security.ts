import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import cors from '@fastify/cors';
import helmet, { type HelmetOptions } from 'helmet';

/** Security headers on every answer; calls from browsers' other origins only from the allow-list. */
export function addSecurity(http: Http, { config }: { config: Pick<Config, 'NODE_ENV' | 'CORS_ORIGINS'> }): void {
  const headers = securityHeaders({
    contentSecurityPolicy: {
      directives: {
        'upgrade-insecure-requests': null,
        // Helmet's defaults let styles and fonts come from anywhere; Bull Board would ask Google for its.
        'style-src': ["'self'", "'unsafe-inline'"],
        'font-src': ["'self'", 'data:'],
      },
    },
    // Sent over plain HTTP it means nothing, and in development it would pin localhost.
    strictTransportSecurity: config.NODE_ENV === 'production',
  });
  http.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('x-request-id', request.id);
    done();
  });
  void http.register(cors, {
    origin: config.CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['ETag', 'Location', 'Preference-Applied', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
}

/** What Helmet would set on an answer. It is the same for all, so it is worked out once and not with every booking. */
function securityHeaders(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  };
  helmet(options)({} as IncomingMessage, answer as unknown as ServerResponse, () => undefined);
  return headers;
}
