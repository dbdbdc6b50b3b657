import { expect, test } from 'vitest';
import { brokenImports } from './check-imports.ts';

const route = 'services/gateway/src/routes/bookings/book.ts';
const useCase = 'services/gateway/src/use-cases/request-booking.ts';
const page = 'web/boxoffice/show.tsx';
const repository = 'services/gateway/src/repositories/bookings.ts';

test.each([
  [route, "import { requestBooking } from '../../use-cases/request-booking.ts';"],
  [route, "import { findBooking } from '../../repositories/bookings.ts';"],
  [useCase, "import type { Queue } from '../queue/queue.ts';"],
  [useCase, "import { log } from '../metrics.ts';\nimport { z } from 'zod';"],
  [repository, "import { Booking } from '@boxoffice/shared/db/booking';"],
  ['services/gateway/src/queue/queue.test.ts', "import { createApp } from '../app.ts';"],
  ['scripts/openapi.ts', "import { buildOpenApi } from '../services/gateway/src/openapi.ts';"],
  [
    page,
    "import { createBoxoffice } from '@boxoffice/client';\nimport { useState } from 'react';\nimport '../lib/palette.css';",
  ],
])('%s may: %s', (path, source) => {
  expect(brokenImports(path, source)).toEqual([]);
});

test.each([
  [repository, "import { requestBooking } from '../use-cases/request-booking.ts';", 'exit imports use case'],
  ['services/gateway/src/parts.ts', "import { app } from './app.ts';", 'code for everyone imports entry'],
  [repository, "import type {\n  App,\n} from '../app.ts';", 'exit imports entry'],
  [useCase, "const route = await import('../routes/bookings/book.ts');", 'use case imports entry'],
  [useCase, "export * from '../plugins/errors.ts';", 'use case imports entry'],
  [route, "import { decide } from '../../../../booking-worker/src/decide.ts';", 'imports service booking-worker'],
  [route, "import '@boxoffice/catalog';", 'imports service catalog'],
  [
    'packages/shared/src/seats.ts',
    "import { app } from '../../../services/catalog/src/app.ts';",
    'imports service catalog',
  ],
  [page, "import { findSeat } from '@boxoffice/shared/seats';", 'pages know the HTTP interface alone'],
  [page, "import type { Parts } from '../../services/gateway/src/parts.ts';", 'pages know the HTTP interface alone'],
])('%s may not: %s', (path, source, complaint) => {
  expect(brokenImports(path, source)).toEqual([expect.stringContaining(complaint)]);
});
