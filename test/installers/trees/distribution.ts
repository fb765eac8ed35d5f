/**
 * The configurations that Debian's packages bring, as they lie on this machine,
 * with nothing changed but ports, folders and the name of the site; and what
 * another ACME client leaves behind in them.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Tree } from '../support/machine.js'

interface Copied {
  files: Record<string, string>
  links: Record<string, string>
}

/** Every file and link below a folder, texts as `rewrite` leaves them. */
function copy(folder: string, rewrite: (text: string) => string, below = ''): Copied {
  const copied: Copied = { files: {}, links: {} }
  for (const name of readdirSync(join(folder, below))) {
    const path = join(below, name)
    const stats = lstatSync(join(folder, path))
    if (stats.isSymbolicLink())
      copied.links[path] = readlinkSync(join(folder, path)).replace(folder, '@ROOT@')
    else if (stats.isFile()) copied.files[path] = rewrite(readFileSync(join(folder, path), 'utf8'))
    else if (stats.isDirectory()) {
      const { files, links } = copy(folder, rewrite, path)
      Object.assign(copied.files, files)
      Object.assign(copied.links, links)
    }
  }
  return copied
}

const nginxText = (text: string) =>
  text
    .replaceAll('/etc/nginx', '@ROOT@')
    .replaceAll('/var/log/nginx', '@ROOT@/logs')
    .replace('/run/nginx.pid', '@ROOT@/logs/nginx.pid')
    .replace(/^(\s*listen (?:\[::\]:)?)80 /gm, '$1@HTTP@ ')
    .replace('server_name _;', 'server_name www.example.ac.jp;')

const apacheText = (text: string) =>
  text
    .replace(/^Listen 80$/m, 'Listen @HTTP@')
    .replace(/^(\s*)Listen 443$/gm, '$1Listen @HTTPS@')
    .replace('<VirtualHost *:80>', '<VirtualHost *:@HTTP@>')
    .replace('#ServerName www.example.com', 'ServerName www.example.ac.jp')

const environment = {
  APACHE_RUN_USER: 'www-data',
  APACHE_RUN_GROUP: 'www-data',
  APACHE_PID_FILE: '@ROOT@/logs/apache2.pid',
  APACHE_RUN_DIR: '@ROOT@/logs',
  APACHE_LOCK_DIR: '@ROOT@/logs',
  APACHE_LOG_DIR: '@ROOT@/logs',
}

export const debianNginx: Tree[] = existsSync('/etc/nginx/sites-available/default')
  ? [{ name: "Debian's own configuration", ...copy('/etc/nginx', nginxText) }]
  : []

export const debianApache: Tree[] = existsSync('/etc/apache2/apache2.conf')
  ? [{ name: "Debian's own configuration", env: environment, ...copy('/etc/apache2', apacheText) }]
  : []
