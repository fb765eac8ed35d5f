/** VirtualHosts: what Apache lists of them, together with their text. */
import { readBytes } from '../bytes.js'
import type { Dump, DumpedHost } from './dump.js'
import { activeDirectives, parseDirectives, withIncludes, type Directive } from './directives.js'

export interface VirtualHost extends DumpedHost {
  /** The file's content, one character per byte. */
  text: string
  open: Directive
  close: Directive
  /** In force between them, those of included files too. */
  directives: readonly Directive[]
  tls: boolean
}

export function readHosts(dump: Dump): VirtualHost[] {
  return dump.hosts.filter(({ isMacro }) => !isMacro).flatMap((host) => readHost(host, dump))
}

function readHost(host: DumpedHost, dump: Dump): VirtualHost[] {
  const text = readBytes(host.file)
  const all = parseDirectives(text, host.file)
  const from = all.findIndex(
    ({ name, line, lastLine }) => name === '<virtualhost' && line <= host.line && host.line <= lastLine,
  )
  const to = all.findIndex(({ name }, index) => index > from && name === '</virtualhost')
  const [open, close] = [all[from], all[to]]
  if (!open || !close) return []
  const inside = activeDirectives(withIncludes(all.slice(from + 1, to), dump.serverRoot), dump.modules)
  const aliases = inside.filter(({ name }) => name === 'serveralias').flatMap(({ args }) => args)
  const names = [...new Set([...host.names, ...aliases.map((alias) => alias.toLowerCase())])]
  const tls = inside.some(({ name, args }) => name === 'sslengine' && args[0]?.toLowerCase() === 'on')
  return [{ ...host, names, text, open, close, directives: inside, tls }]
}

/** ServerName and ServerAlias; `*` and `?` in aliases as Apache has them. */
export function matchesName(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`).test(name)
}

/** Hosts that answer for the name: of those at one address the first. */
export function hostsFor<T extends DumpedHost>(hosts: readonly T[], name: string): T[] {
  const taken = new Set<string>()
  return hosts.filter((host) => {
    if (!host.names.some((pattern) => matchesName(pattern, name))) return false
    const fresh = host.addresses.filter((address) => !taken.has(address))
    for (const address of fresh) taken.add(address)
    return fresh.length > 0
  })
}
