import { defineConfig } from 'vitest/config'

/** What takes parts of the program out has a program of its own. */
const alone = 'test/security/removed-checks.test.ts'

export default defineConfig({
  // Vite would take the CommonJS half of graphql while packages take the other: two copies that do not know each other.
  ssr: { resolve: { conditions: ['module-sync', 'node'], externalConditions: ['module-sync', 'node'] } },
  test: {
    globalSetup: ['test/kit/global-setup.ts'],
    setupFiles: ['test/kit/setup.ts'],
    // Processes, as the program is one: threads would share signals and the environment.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    retry: 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', alone],
          // A worker loads the program, and opens what its tests share, once for all of its files: a third of the time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: [alone] } },
    ],
  },
})
