/** The nginx installer on real nginx, over configuration trees in the styles found in the wild. */
import { describe, it } from 'vitest'
import { live } from './support/life.js'
import { debianNginx } from './trees/distribution.js'
import { foundNginx } from './trees/found.js'
import { nginxTrees } from './trees/nginx.js'

describe('upki-client installs, renews and rolls back on nginx', () => {
  it.each([...debianNginx, ...foundNginx, ...nginxTrees])('$name', (tree) => live('nginx', tree))
})
