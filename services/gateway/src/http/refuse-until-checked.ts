import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';

const probes = new Set(['/livez', '/readyz']);

/**
 * Refuses every request but those of probes until the installation has been checked. Call it before anything that
 * serves is registered: plugins inherit the hooks that are there when they are.
 */
export function refuseUntilChecked(http: Http, isChecked: () => boolean): void {
  http.addHook('onRequest', (request, _reply, done) => {
    if (isChecked() || probes.has(request.routeOptions.url ?? '')) return done();
    done(
      new ProblemError('service_unavailable', 'This server is still starting. Send the request again in a moment.', {
        retryAfterSeconds: 1,
      }),
    );
  });
}
