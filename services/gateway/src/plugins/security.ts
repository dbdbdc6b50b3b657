import type { Http } from '@boxoffice/shared/http';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { Parts } from '../parts.ts';

/** Security headers on every answer; calls from browsers' other origins only from the allow-list. */
export function addSecurity(http: Http, { config }: Pick<Parts, 'config'>): void {
  void http.register(helmet, {
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
  void http.register(cors, {
    origin: config.CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['ETag', 'Location', 'Preference-Applied', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
  http.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
}
