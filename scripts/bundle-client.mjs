/** Bundles the client into one file: packages/client/dist/upki-client.js, or the path given. Crypto in it is evaluated only when used. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './setup.mjs'

const client = join(root, 'packages', 'client')
const outfile = process.argv[2] ?? join(client, 'dist', 'upki-client.js')
// commander and others are CommonJS and call require for Node's own modules.
const banner = `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)`

await build({
  entryPoints: [join(client, 'src', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  conditions: ['upki-source'],
  banner: { js: banner },
  logLevel: 'warning',
})
chmodSync(outfile, 0o755)
