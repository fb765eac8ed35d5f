import { defineConfig } from 'vitest/config'

// Packages resolve to their TypeScript sources, so a test never sees a stale build.
const conditions = ['upki-source', 'node']

/** One project per suite; `npm test` runs `unit` and `e2e`, the others need installed servers. */
const suite = (name: string, include: string[], testTimeout = 20_000) => ({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', '**/dist/**', '**/build/**'],
    testTimeout,
    hookTimeout: 120_000,
  },
})

/** One gateway and one browser for all its files. */
const inBrowser = suite('browser', ['test/browser/**/*.test.ts'], 180_000)
const browser = {
  ...inBrowser,
  test: { ...inBrowser.test, globalSetup: ['test/browser/support/global-setup.ts'] },
}

export default defineConfig({
  test: {
    projects: [
      suite('unit', ['packages/*/src/**/*.test.ts', 'test/formats/**/*.test.ts']),
      suite('e2e', ['test/e2e/**/*.test.ts'], 120_000),
      suite('installers', ['test/installers/**/*.test.ts'], 120_000),
      // The guide's examples run in every language here: the suite installs what `npm test` may lack.
      suite(
        'services',
        ['test/services/**/*.test.ts', 'packages/server/src/rest/portal-guide.test.ts'],
        120_000,
      ),
      browser,
      suite('faults', ['test/faults/**/*.test.ts'], 180_000),
      suite('interop', ['test/interop/**/*.test.ts'], 180_000),
    ],
  },
})
