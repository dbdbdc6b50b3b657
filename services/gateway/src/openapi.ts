import { createHttp } from '@boxoffice/shared/service/http';
import { pino } from 'pino';
import { addRoutes } from './app.ts';
import { addSchema } from './http/documentation.ts';
import type { Parts } from './parts.ts';

/** The OpenAPI document, without starting anything: no handler runs, so none of its parts is needed. */
export async function buildOpenApi(): Promise<object> {
  const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {} });
  addSchema(http);
  http.after(() => addRoutes(http, {} as Parts));
  await http.ready();
  return http.swagger();
}
