import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/global-setup.ts',
    include: ['{packages,services,scripts,test,bench}/**/*.test.ts'],
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
    reporters: ['default', 'json'],
    outputFile: { json: '.boxoffice/test-results.json' },
  },
});
