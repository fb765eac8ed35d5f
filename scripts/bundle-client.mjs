/** Bundles the client into one file: packages/client/dist/upki-client.js, or the path given. Crypto in it is evaluated only when used. */
import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { root } from './setup.mjs'

const client = join(root, 'packages', 'client')
const outfile = process.argv[2] ?? join(client, 'dist', 'upki-client.js')
// commander and others are CommonJS and call require for Node's own modules.
const banner = `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)`

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  conditions: ['upki-source'],
  banner: { js: banner },
  logLevel: 'warning',
}
await build({ ...shared, entryPoints: [join(client, 'src', 'main.ts')], outfile })
// The worker thread of large checks: a file of its own beside the program, which does without it where it is missing.
await build({
  ...shared,
  entryPoints: [join(root, 'packages', 'shared', 'src', 'parallel', 'judge-worker.ts')],
  outfile: join(dirname(outfile), 'judge-worker.js'),
})
chmodSync(outfile, 0o755)
