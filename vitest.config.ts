import { defineConfig } from 'vitest/config'

/** They look at the process they run in, its heap say, or change it, and have one each. */
const aloneInProcess = ['tests/http/collected-at-once.test.ts', 'tests/http/kept-refusals.test.ts']

export default defineConfig({
  // Vite would take the ES copy of graphql, and the packages beside it the CommonJS one: two realms of GraphQLError.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // Files run one after the other in a process, which loads and compiles the program once: a third less work than a
    // process for each.
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          isolate: false,
          include: ['tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...aloneInProcess],
        },
      },
      { extends: true, test: { name: 'alone', include: aloneInProcess } },
    ],
    globalSetup: ['tests/support/cluster.ts'],
    setupFiles: ['tests/support/failed-files.ts', 'tests/support/waits.ts'],
    // For a machine that is busy with something else, too. They end what hangs, and are no bounds of what is tested.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // Shorter than that of a test, so that a failure names the value it waited for.
    expect: { poll: { timeout: 150_000 } },
    // More than two cores: many tests wait for servers and clocks. Each worker starts programs of its own beside it.
    maxWorkers: 4,
    server: {
      // Loaded by Node itself, so that one copy of graphql serves Pothos, Yoga and the tests.
      deps: { external: [/node_modules/] },
    },
  },
})
