import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/cluster.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two workers: the suite starts servers, databases and a browser of its own beside them.
    maxWorkers: 2,
    server: {
      // Loaded by Node itself, so that one copy of graphql serves Pothos, Yoga and the tests.
      deps: { external: [/node_modules/] },
    },
  },
})
