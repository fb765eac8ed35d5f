/** `npm run test:installers`: the client against real nginx and Apache from Debian, each started here with a tree of its own. */
import { existsSync } from 'node:fs'
import { ensurePrograms } from './debian.mjs'
import { runBin } from './setup.mjs'

const programs = ensurePrograms({
  nginx: 'nginx-light',
  apache2: 'apache2',
  openssl: 'openssl',
  tmux: 'tmux',
})
console.log(`nginx ${programs.nginx}, Apache ${programs.apache2}`)
if (!existsSync('/usr/lib/apache2/modules/mod_md.so'))
  console.log('SKIPPED: mod_md is not with this Apache; the tree that has it is left out.')
// Each file mostly waits, for servers and programs of its own.
runBin('vitest', ['run', '--project', 'installers', '--maxWorkers', '4', ...process.argv.slice(2)])
