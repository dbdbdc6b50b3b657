import { defineConfig } from 'vitest/config';
import { type Area, type MutationArea, mutationAreas } from './scripts/mutation-areas.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How many examples a property of `decide` is tested with, for each mutation. */
    propertyRuns: number;
  }
}

const area: Area = mutationAreas[process.env.MUTATION_AREA as MutationArea] ?? mutationAreas.decide;

/** The tests that run for each mutation of one area (`pnpm mutate`). */
export default defineConfig({
  test: {
    include: area.tests,
    ...(area.onServers && { globalSetup: 'test/global-setup.ts' }),
    env: { NODE_ENV: 'test', LOG_LEVEL: 'silent' },
    provide: { propertyRuns: 100 },
    // A mutation that makes a test wait forever is noticed when the test times out. A busy machine must not look like one.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
