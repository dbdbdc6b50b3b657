import { createHttp } from '@boxoffice/shared/service/http';
import { pino } from 'pino';
import { operations as admin } from './admin/index.ts';
import { operations as bookings } from './bookings/index.ts';
import { operations as catalog } from './catalog/index.ts';
import { addOpenApiDocument } from './http/openapi-document.ts';
import { operations as identity } from './identity/index.ts';
import { operations as payments } from './payments/index.ts';
import { operations as streams } from './streams/index.ts';

/** Builds the OpenAPI document without starting anything: operations describe themselves without dependencies. */
export async function buildOpenApi(): Promise<object> {
  const { http } = createHttp({ logger: pino({ level: 'silent' }), checks: {} });
  addOpenApiDocument(http);
  http.after(() => {
    for (const { describe } of [...identity, ...catalog, ...streams, ...bookings, ...payments, ...admin])
      describe(http);
  });
  await http.ready();
  return http.swagger();
}
