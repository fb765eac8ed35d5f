/** `npm run screenshots`: pictures of every page of the console, to be looked at. */
import { join } from 'node:path'
import { ensureChromium } from './debian.mjs'
import { root, run } from './setup.mjs'

ensureChromium()
const file = join(root, 'test', 'browser', 'screenshots.ts')
run(process.execPath, ['--import', 'tsx', '--conditions', 'upki-source', file, ...process.argv.slice(2)])
