/** The Apache installer on real Apache, over configuration trees in the styles found in the wild. */
import { describe, it } from 'vitest'
import { live } from './support/life.js'
import { debianApache } from './trees/distribution.js'
import { foundApache } from './trees/found.js'
import { apacheTrees } from './trees/apache.js'

describe('upki-client installs, renews and rolls back on Apache', () => {
  it.each([...debianApache, ...foundApache, ...apacheTrees])('$name', (tree) => live('apache', tree))
})
