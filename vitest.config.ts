import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const campaign = 'test/torture/torture.test.ts';
const browserTests = 'test/browser/*.test.ts';
const everyTest = '{packages,services,scripts,test,bench}/**/*.test.ts';
/** Tests that replace modules, or whose clock the modules of later tests would have seen. */
const isolated = globSync(everyTest, { exclude: ['**/node_modules/**'] }).filter((file) =>
  /\bvi\.(mock|useFakeTimers|stubEnv)\(/.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  test: {
    globalSetup: 'test/global-setup.ts',
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
          include: [everyTest],
          exclude: ['**/node_modules/**', campaign, browserTests, ...isolated],
          // Loading the services' modules anew for each file would take a quarter of the time.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: isolated,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browserTests],
          isolate: false,
          // A browser next to everything else strains a small machine.
          testTimeout: 180_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      // It starts its own servers and needs both processors: after all the others.
      { extends: true, test: { name: 'campaign', include: [campaign], sequence: { groupOrder: 2 } } },
    ],
  },
});
