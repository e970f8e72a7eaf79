import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Vite would take the CommonJS half of graphql while packages take the other: two copies that do not know each other.
  ssr: { resolve: { conditions: ['module-sync', 'node'], externalConditions: ['module-sync', 'node'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    globalSetup: ['test/kit/global-setup.ts'],
    // Processes, as the program is one: threads would share signals and the environment.
    pool: 'forks',
    maxWorkers: 2,
    // A worker loads the program, and opens what its tests share, once for all of its files: a third of the time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
  },
})
