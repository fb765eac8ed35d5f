/**
 * Makes the npm package of the client: `node scripts/npm-package.mjs [folder]`.
 *
 * The program as bundled, without dependencies: `npm install` and `npx` fetch one
 * archive, and what runs is what was tested.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { root } from './setup.mjs'

const client = join(root, 'packages', 'client')
const { name, version, description, license, bin } = JSON.parse(readFileSync(join(client, 'package.json')))
const { engines } = JSON.parse(readFileSync(join(root, 'package.json')))
const outFolder = resolve(process.argv[2] ?? join(client, 'dist'))
const folder = mkdtempSync(join(tmpdir(), 'upki-npm-'))

const manual = (lang) =>
  execFileSync(process.execPath, [
    join(client, 'dist', 'upki-client.js'),
    'completion',
    'man',
    '--lang',
    lang,
  ])

try {
  mkdirSync(join(folder, 'man'))
  writeFileSync(join(folder, 'man', 'upki-client.8'), manual('en'))
  for (const file of ['upki-client.js', 'judge-worker.js'])
    cpSync(join(client, 'dist', file), join(folder, 'dist', file))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  cpSync(join(root, 'docs', 'client.md'), join(folder, 'README.md'))
  const manifest = {
    name,
    version,
    description,
    license,
    type: 'commonjs',
    bin,
    engines,
    man: 'man/upki-client.8',
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  mkdirSync(outFolder, { recursive: true })
  execFileSync('npm', ['pack', '--silent', '--pack-destination', outFolder], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
