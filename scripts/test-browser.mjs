/** `npm run test:browser`: the operator's console in Debian's Chromium. */
import { ensureChromium } from './debian.mjs'
import { runBin } from './setup.mjs'

ensureChromium()
// Two browsers and two gateways at once would only wait for each other on a small machine.
runBin('vitest', ['run', '--project', 'browser', '--no-file-parallelism', ...process.argv.slice(2)])
