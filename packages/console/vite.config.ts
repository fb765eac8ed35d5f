import { defaultClientConditions, defineConfig } from 'vite'
import { compress } from './compress.js'

/** Hashed names for everything but the page, so that browsers may keep them for good. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [compress()],
  // The sources of `shared`: only its tables are needed, and they need no build.
  resolve: { conditions: ['upki-source', ...defaultClientConditions] },
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
