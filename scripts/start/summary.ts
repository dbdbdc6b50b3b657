import type { Config } from '@boxoffice/shared/service/config';
import type { Output } from './output.ts';

/** The summary printed once everything is running. */
export function summary({
  gatewayUrl,
  metricsUrl,
  seconds,
  paint,
  sampleData,
  NODE_ENV,
}: {
  gatewayUrl: string;
  metricsUrl: string;
  /** How long the start took. */
  seconds: number;
  paint: Output['paint'];
  sampleData: boolean;
} & Pick<Config, 'NODE_ENV'>): string {
  const row = (name: string, text: string) => `  ${paint('dim', name.padEnd(14))} ${text}`;
  const sampleAdmin = sampleData && NODE_ENV !== 'production';
  const admin = sampleAdmin ? 'admin / adminpass' : 'an administrator created with `pnpm createsuperuser`';
  return [
    '',
    `  ${paint('bold', 'Boxoffice is open')} ${paint('dim', `(${seconds.toFixed(1)} s)`)}`,
    '',
    row('Landing page', `${gatewayUrl}/`),
    row('Box office', `${gatewayUrl}/boxoffice/`),
    row('Administration', `${gatewayUrl}/admin/`),
    row('Swagger UI', `${gatewayUrl}/swagger/`),
    row('ReDoc', `${gatewayUrl}/redoc/`),
    row('Queues', `${gatewayUrl}/ops/queues/`),
    row('Metrics', `${metricsUrl} (internal)`),
    row('Log in as', sampleData ? `demo / demopass or ${admin}` : admin),
    '',
    row('Try', `curl -s ${gatewayUrl}/api/movies/`),
    row('Stop', 'Ctrl-C'),
    '',
  ].join('\n');
}
