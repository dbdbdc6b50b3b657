import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';

/** Routes that operators need while the server closes; `/readyz` says that it is stopping. */
const operatorRoutes = new Set(['/livez', '/readyz']);

/**
 * Refuses requests that arrive while the server closes, over connections that are still open: nobody may begin to
 * wait any more. Those that arrived before are finished. Call it after the hooks that set headers of every response.
 */
export function refuseWhileClosing(http: Http): void {
  let closing = false;
  http.addHook('preClose', async () => {
    closing = true;
  });
  http.addHook('onRequest', (request, reply, done) => {
    if (!closing || operatorRoutes.has(request.routeOptions.url ?? '')) return done();
    reply.header('connection', 'close');
    done(
      new ProblemError('service_unavailable', 'This server is being stopped. Send the request again in a moment.', {
        retryAfterSeconds: 1,
      }),
    );
  });
}
