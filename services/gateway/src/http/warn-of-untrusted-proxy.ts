import type { Config } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';

/**
 * Warns once when requests seem to come through a proxy that is not trusted. Then all clients share the proxy's
 * address, and with it every limit: a few who fail to log in block the others.
 */
export function warnOfUntrustedProxy(
  http: Http,
  { NODE_ENV, TRUST_PROXY }: Pick<Config, 'NODE_ENV' | 'TRUST_PROXY'>,
): void {
  if (NODE_ENV !== 'production' || TRUST_PROXY !== false) return;
  let warned = false;
  http.addHook('onRequest', (request, _reply, done) => {
    if (!warned && request.headers['x-forwarded-for'] !== undefined) {
      warned = true;
      request.log.warn(
        'X-Forwarded-For is ignored, because TRUST_PROXY is not set: behind a reverse proxy, all clients share ' +
          "the limits of the proxy's address.",
      );
    }
    done();
  });
}
