import { defineConfig } from 'vitest/config';

const campaign = 'test/torture/torture.test.ts';
/** Tests that replace modules (docs/decisions/0025). */
const models = [
  'services/booking-worker/src/commit-decision.test.ts',
  'services/booking-worker/src/leases/{leases.pauses,leases.protocol,refusals.timing}.test.ts',
];

export default defineConfig({
  test: {
    env: {
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      // Most tests send everything as one user.
      BOOKING_LIMIT_PER_MINUTE: '1000000',
      UNDECIDED_LIMIT_PER_USER: '1000000',
    },
    pool: 'forks',
    // Each file has its own servers or database: running more in parallel only slows all of them down.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', 'json'],
    outputFile: { json: '.boxoffice/test-results.json' },
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          globalSetup: 'test/global-setup.ts',
          include: ['{packages,services,scripts,test,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**', campaign, ...models],
          // Loading the services' modules anew for each file would take a quarter of the time.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'models', include: models, sequence: { groupOrder: 1 } } },
      // It starts its own servers and needs both processors: after all the others.
      { extends: true, test: { name: 'campaign', include: [campaign], sequence: { groupOrder: 2 } } },
    ],
  },
});
