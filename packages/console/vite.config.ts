import { dirname, join } from 'node:path'
import { defineConfig } from 'vite'
import { compress } from './compress.js'

const packages = dirname(import.meta.dirname)

/** Hashed names for everything but the page, so that browsers may keep them for good. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [compress()],
  resolve: {
    // The sources of `shared`: only its tables are needed, and they need no build.
    alias: [
      { find: /^@upki-gateway\/shared\/(\w+)$/, replacement: join(packages, 'shared/src/$1/index.ts') },
    ],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The gateway's policy allows no inline data in scripts and styles.
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // 'use client' means nothing where everything is the client; and the codecs of `shared`, which
      // need Node.js, are seen on the way to its tables but not taken along.
      onLog: (level, log, report) => {
        const isKnown =
          log.code === 'MODULE_LEVEL_DIRECTIVE' || log.message.includes('externalized for browser')
        if (!isKnown) report(level, log)
      },
    },
  },
  logLevel: 'warn',
})
