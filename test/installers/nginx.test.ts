/** The nginx installer on real nginx, over configuration trees in the styles found in the wild. */
import { describe, it } from 'vitest'
import { live } from './support/life.js'
import { nginxTrees } from './trees/nginx.js'

describe('upki-client installs, renews and rolls back on nginx', () => {
  it.each(nginxTrees)('$name', (tree) => live('nginx', tree))
})
