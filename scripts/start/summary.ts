import type { Output } from './output.ts';

/** What a person wants to know once everything is up. */
export function summary({
  gatewayUrl,
  paint,
  sampleData,
}: {
  gatewayUrl: string;
  paint: Output['paint'];
  sampleData: boolean;
}): string {
  const row = (name: string, text: string) => `  ${name.padEnd(14)} ${text}`;
  return [
    '',
    paint('bold', '  Boxoffice is open.'),
    '',
    row('Landing page', `${gatewayUrl}/`),
    row('Box office', `${gatewayUrl}/boxoffice/`),
    row('Admin', `${gatewayUrl}/admin/`),
    row('Swagger UI', `${gatewayUrl}/swagger/`),
    row('ReDoc', `${gatewayUrl}/redoc/`),
    row('Queues', `${gatewayUrl}/ops/queues/`),
    row('Log in as', sampleData ? 'demo / demopass, or admin / adminpass' : 'a user made with `pnpm createsuperuser`'),
    '',
    row('Try', `curl -s ${gatewayUrl}/api/movies/`),
    row('Stop', 'Ctrl-C'),
    '',
  ].join('\n');
}
