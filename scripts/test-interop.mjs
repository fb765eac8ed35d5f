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
spawn(process.execPath, [vitest, 'run', '--project', 'interop', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
}).on('exit', (code) => (process.exitCode = code ?? 1))
