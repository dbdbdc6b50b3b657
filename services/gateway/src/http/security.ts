import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import cors from '@fastify/cors';
import helmet, { type HelmetOptions } from 'helmet';

/** Adds security headers to every response, and CORS for the origins on the allow-list. */
export function addSecurity(http: Http, { config }: { config: Pick<Config, 'NODE_ENV' | 'CORS_ORIGINS'> }): void {
  const headers = securityHeaders({
    contentSecurityPolicy: {
      directives: {
        'upgrade-insecure-requests': null,
        // Helmet's defaults let styles and fonts come from anywhere; Bull Board would load its fonts from Google.
        'style-src': ["'self'", "'unsafe-inline'"],
        'font-src': ["'self'", 'data:'],
      },
    },
    // Browsers ignore it over plain HTTP, and in development it would pin localhost to HTTPS.
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

/** The headers that Helmet sets. They never vary, so they are computed once rather than for every booking. */
function securityHeaders(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  };
  helmet(options)({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}
