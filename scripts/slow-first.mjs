/**
 * Order of test files: those that take longest begin first, so that none of them is left at the end while a
 * processor is idle. On a new clone nothing else tells: vitest goes by the size of files.
 */
import { relative } from 'node:path'
import { BaseSequencer } from 'vitest/node'

/** More than a minute each, the longest of each suite first. */
const slow = [
  'test/installers/kills-renew.test.ts',
  'test/installers/kills.test.ts',
  'test/installers/nginx.test.ts',
  'test/installers/apache.test.ts',
  'test/installers/faults.test.ts',
  'test/installers/confirm.test.ts',
  'test/interop/slow-issuance.test.ts',
  'test/interop/challenges.test.ts',
  'test/interop/pebble.test.ts',
  'test/e2e/many-renewals.test.ts',
  'test/e2e/crash.test.ts',
]

export default class SlowFirst extends BaseSequencer {
  async sort(files) {
    const rank = ({ moduleId }) => {
      const at = slow.indexOf(relative(this.ctx.config.root, moduleId))
      return at < 0 ? slow.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}
