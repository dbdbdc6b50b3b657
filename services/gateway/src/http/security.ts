import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Config } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import cors from '@fastify/cors';
import helmet, { type HelmetOptions } from 'helmet';

/** The security headers of every response. */
export function securityHeaders({ NODE_ENV }: Pick<Config, 'NODE_ENV'>): Record<string, string> {
  return headersOf({
    contentSecurityPolicy: {
      directives: {
        'upgrade-insecure-requests': null,
        // Helmet's defaults let styles and fonts come from anywhere; Bull Board would load its fonts from Google.
        'style-src': ["'self'", "'unsafe-inline'"],
        'font-src': ["'self'", 'data:'],
      },
    },
    // Browsers ignore it over plain HTTP, and in development it would pin localhost to HTTPS.
    strictTransportSecurity: NODE_ENV === 'production',
  });
}

/** Adds CORS for the origins on the allow-list, and refuses every OPTIONS request that is no preflight of it. */
export function addCors(http: Http, { CORS_ORIGINS }: Pick<Config, 'CORS_ORIGINS'>): void {
  http.addHook('onRequest', (request, _reply, done) => {
    const { origin, 'access-control-request-method': method } = request.headers;
    done(request.method === 'OPTIONS' && !(origin && method) ? noPreflight() : undefined);
  });
  void http.register(cors, {
    origin: CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['ETag', 'Location', 'Preference-Applied', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
}

function noPreflight(): ProblemError {
  return new ProblemError(
    'validation_failed',
    'OPTIONS is for CORS preflights, which send Origin and Access-Control-Request-Method.',
  );
}

/** The headers that Helmet sets. They never vary, so they are computed once rather than for every booking. */
function headersOf(options: HelmetOptions): Record<string, string> {
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
