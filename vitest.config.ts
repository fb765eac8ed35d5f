import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import SlowFirst from './scripts/slow-first.mjs'

// Packages resolve to their TypeScript sources, so a test never sees a stale build.
const conditions = ['upki-source', 'node']

/**
 * One project per suite; `npm test` runs `unit` and `e2e`, the others need installed servers.
 *
 * Deadlines are for a machine that does other work too. A test that needed its second attempt is named at the
 * end and by .ci/run: to be looked into, though no reason to hold up a change.
 */
const suite = (name: string, include: string[], testTimeout = 60_000) => ({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', '**/dist/**', '**/build/**'],
    globalSetup: ['packages/server/src/testing/store-template.ts'],
    testTimeout,
    hookTimeout: 300_000,
    retry: 1,
  },
})

/** One gateway and one browser for all its files. */
const inBrowser = suite('browser', ['test/browser/**/*.test.ts'], 300_000)
const browser = {
  ...inBrowser,
  test: {
    ...inBrowser.test,
    globalSetup: [...inBrowser.test.globalSetup, 'test/browser/support/global-setup.ts'],
  },
}

export default defineConfig({
  test: {
    // Tests wait for programs, files and each other's answers: one more than processors keeps those busy.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowFirst },
    reporters: ['default', './scripts/second-attempts.mjs'],
    projects: [
      suite('unit', ['packages/*/src/**/*.test.ts', 'test/{docs,formats}/**/*.test.ts']),
      suite('e2e', ['test/e2e/**/*.test.ts'], 240_000),
      suite('installers', ['test/installers/**/*.test.ts'], 240_000),
      // The guide's examples run in every language here: the suite installs what `npm test` may lack.
      suite(
        'services',
        ['test/services/**/*.test.ts', 'packages/server/src/rest/portal-guide.test.ts'],
        240_000,
      ),
      browser,
      suite('faults', ['test/faults/**/*.test.ts'], 300_000),
      suite('interop', ['test/interop/**/*.test.ts'], 300_000),
    ],
  },
})
