/**
 * Makes one executable of the client and Node.js, for machines without Node.js:
 * `node scripts/single-executable.mjs [file]`. It is for the system and processor it is made
 * on, and holds the Node.js that runs this script.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { inject } from 'postject'
import { root } from './setup.mjs'

const ending = process.platform === 'win32' ? '.exe' : ''
const dist = join(root, 'packages', 'client', 'dist')
const outfile = resolve(process.argv[2] ?? join(dist, `upki-client${ending}`))
const folder = mkdtempSync(join(tmpdir(), 'upki-sea-'))

try {
  const program = join(dist, 'upki-client.js')
  const config = {
    main: program,
    output: join(folder, 'program.blob'),
    disableExperimentalSEAWarning: true,
    // The parts that are not needed at the start are read from here (bundle-client.mjs).
    assets: { program },
  }
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(config))
  execFileSync(process.execPath, ['--experimental-sea-config', join(folder, 'sea.json')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  mkdirSync(dirname(outfile), { recursive: true })
  copyFileSync(process.execPath, outfile)
  chmodSync(outfile, 0o755)
  await inject(outfile, 'NODE_SEA_BLOB', readFileSync(config.output), {
    // The mark that node itself looks for (Node.js documentation, "Single executable applications").
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    ...(process.platform === 'darwin' ? { machoSegmentName: 'NODE_SEA' } : {}),
  })
  console.log(outfile)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
