import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Vite would take the ES copy of graphql, and the packages beside it the CommonJS one: two realms of GraphQLError.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/cluster.ts'],
    setupFiles: ['tests/support/failed-files.ts'],
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
