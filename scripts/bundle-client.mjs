/** Bundles the client into packages/client/dist: one file to start, with crypto in lazily loaded chunks. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './setup.mjs'

const client = join(root, 'packages', 'client')
const outfile = join(client, 'dist', 'upki-client.js')
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
