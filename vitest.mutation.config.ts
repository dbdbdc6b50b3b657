import { defineConfig } from 'vitest/config';

/** The tests that mutations are tried on: those that run the mutated code in their own process. */
export default defineConfig({
  test: {
    globalSetup: 'test/global-setup.ts',
    include: ['services/booking-worker/src/**/*.test.ts', 'services/gateway/src/bookings/queue/*.test.ts'],
    env: { NODE_ENV: 'test', LOG_LEVEL: 'silent' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
