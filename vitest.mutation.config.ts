import { defineConfig } from 'vitest/config';
import { type MutationArea, mutationAreas } from './scripts/mutation-areas.ts';

const { tests } = mutationAreas[process.env.MUTATION_AREA as MutationArea] ?? mutationAreas.decide;

/** The tests that the mutations of one area are tried on (`pnpm mutate`). */
export default defineConfig({
  test: {
    include: tests,
    env: { NODE_ENV: 'test', LOG_LEVEL: 'silent' },
    // A mutation that makes a test wait for ever is found when the test times out.
    testTimeout: 10_000,
    hookTimeout: 60_000,
  },
});
