import { expect, test } from 'vitest';
import { brokenImports, brokenImportsOfProject } from './check-imports.ts';

const feature = 'services/gateway/src/bookings/routes/book.ts';
const worker = 'services/booking-worker/src/worker.ts';
const contract = 'packages/shared/src/contracts/booking.ts';
const page = 'web/boxoffice/show.tsx';

test.each([
  [feature, "import { requestBooking } from '../request-booking.ts';"],
  [feature, "import { operation } from '../../http/operation.ts';\nimport { z } from 'zod';"],
  [feature, "import type { Catalog } from '../../catalog/index.ts';"],
  ['services/gateway/src/app.ts', "import * as bookings from './bookings/index.ts';"],
  ['services/gateway/src/bookings/routes/book.test.ts', "import { findJob } from '../find-job.ts';"],
  [worker, "import { partitionOf } from '@boxoffice/shared/partition';"],
  ['services/booking-worker/src/worker.test.ts', "import { eventually } from '@boxoffice/testing/eventually';"],
  ['services/catalog/test/started-catalog.ts', "import { createTestDatabase } from '@boxoffice/testing/database';"],
  ['packages/testing/src/events.ts', "import { eventually } from './eventually.ts';"],
  ['test/plans/requests.test.ts', "import { buildCatalog } from '../../services/catalog/src/app.ts';"],
  ['scripts/openapi.ts', "import { buildOpenApi } from '../services/gateway/src/openapi.ts';"],
  [contract, "import { z } from 'zod';\nimport { IntegerId } from './catalog.ts';"],
  [page, "import { createBoxoffice } from '@boxoffice/client';\nimport { useState } from 'react';"],
  [page, "import { Heading } from '../lib/heading.tsx';\nimport '../palette.css';"],
])('%s may: %s', (path, source) => {
  expect(brokenImports(path, source)).toEqual([]);
});

const aService = 'services and packages never import a service';
const aContract = 'contracts import other contracts and zod, nothing else';
const aPage = 'web pages import @boxoffice/client and nothing else of ours';
const production = 'production code imports neither tests nor test support';
const http = 'http/ imports no feature of the gateway';
const assembly = 'http/ and the features of the gateway know nothing of how it is assembled';
const tools = 'services and packages import no scripts, benchmark or pages';
const aClient = 'the client, which browsers load, imports nothing else of ours';
const anApp = 'the apps of web/ share lib/, and do not import each other';
const entry = 'a feature of the gateway is imported through its index.ts';

test.each([
  [worker, "import { buildCatalog } from '../../catalog/src/app.ts';", [aService]],
  [worker, "import '@boxoffice/catalog';", [aService]],
  ['services/catalog/test/started-catalog.ts', "import '../../booking-worker/src/store.ts';", [aService]],
  ['packages/shared/src/seats.ts', "import { app } from '../../../services/catalog/src/app.ts';", [aService]],
  ['packages/testing/src/boxoffice.ts', "import { app } from '@boxoffice/catalog/app';", [aService]],
  [contract, "import { bookingStatuses } from '../database/entities/booking.ts';", [aContract]],
  [contract, "import type { EntityManager } from '@mikro-orm/postgresql';", [aContract]],
  [contract, "import { readBookingId } from '@boxoffice/shared/booking-id';", [aContract]],
  [page, "import { findSeat } from '@boxoffice/shared/seats';", [aPage]],
  [page, "import type { Dependencies } from '../../services/gateway/src/app.ts';", [aPage]],
  [page, "import '@boxoffice/client/streams';", [aPage]],
  [worker, "import { randomFrom } from '../../../scripts/random.ts';", [tools]],
  ['packages/shared/src/seats.ts', "import { useQuery } from '../../../web/lib/query.ts';", [tools]],
  [
    'packages/client/src/client.ts',
    "import { seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';",
    [aClient],
  ],
  [page, "import { Portal } from '../admin/portal.tsx';", [anApp]],
  ['web/lib/query.ts', "import { Portal } from '../admin/portal.tsx';", [anApp]],
  [feature, "import { buildGateway } from '../../app.ts';", [assembly]],
  [worker, "import { eventually } from '@boxoffice/testing/eventually';", [production]],
  ['packages/shared/src/seats.ts', "import { map } from './seats.test.ts';", [production]],
  [worker, "import { openQueue } from '../test/open-queue.ts';", [production]],
  ['services/gateway/src/http/authentication.ts', "import '../identity/index.ts';", [http]],
  [feature, "import { ShowFactsCache } from '../../catalog/show-facts-cache.ts';", [entry]],
  ['services/gateway/src/app.ts', "import { bookRoute } from './bookings/routes/book.ts';", [entry]],
  [
    'scripts/seed/users.ts',
    "import { PasswordHasher } from '../../services/gateway/src/identity/passwords.ts';",
    [entry],
  ],
])('%s may not: %s', (path, source, messages) => {
  expect(brokenImports(path, source)).toEqual(messages.map((message) => expect.stringContaining(message)));
});

test.each([
  "import type {\n  App,\n} from '@boxoffice/catalog';",
  "import '@boxoffice/catalog';",
  "export * from '@boxoffice/catalog';",
  "export type { App } from '@boxoffice/catalog';",
  "const { app } = await import('@boxoffice/catalog');",
  "const [one] = await Promise.all([import('@boxoffice/catalog')]);",
  "type App = import('@boxoffice/catalog').App;",
  'const { app } = await import(`@boxoffice/catalog`);',
  "const { app } = await import(/* lazily */ '@boxoffice/catalog');",
])('every form of import counts: %s', (source) => {
  expect(brokenImports(worker, source)).toHaveLength(1);
});

test('the project keeps every rule', () => {
  expect(brokenImportsOfProject()).toEqual([]);
});
