import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Vite would take the CommonJS half of graphql while packages take the other: two copies that do not know each other.
  ssr: { resolve: { conditions: ['module-sync', 'node'], externalConditions: ['module-sync', 'node'] } },
  test: {
    globalSetup: ['test/kit/global-setup.ts'],
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
