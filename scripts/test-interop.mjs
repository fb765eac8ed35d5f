/** `npm run test:interop`: ACME clients that we did not write, from Debian, unmodified. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensurePrograms } from './debian.mjs'
import { root } from './setup.mjs'

ensurePrograms({
  certbot: 'certbot',
  curl: 'curl',
  dehydrated: 'dehydrated',
  lego: 'lego',
  openssl: 'openssl',
  pebble: 'pebble',
  'pebble-challtestsrv': 'pebble',
})
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
// Each file mostly waits: two minutes are two minutes.
const args = ['run', '--project', 'interop', '--maxWorkers', '6', ...process.argv.slice(2)]
spawn(process.execPath, [vitest, ...args], { cwd: root, stdio: 'inherit' }).on(
  'exit',
  (code) => (process.exitCode = code ?? 1),
)
