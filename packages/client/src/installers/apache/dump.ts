/**
 * What Apache itself makes of its configuration: `apachectl -t -D DUMP_VHOSTS …`.
 * Macros, variables, conditions and includes are resolved in it, so the client
 * need not guess. Source: Apache 2.4 documentation, "httpd", option -D; the form
 * of the lists as of 2.4.62.
 */
export interface DumpedHost {
  file: string
  /** Of `<VirtualHost`. */
  line: number
  /** Made by mod_macro: its text stands elsewhere, and for others too. */
  isMacro: boolean
  /** `*:80`, `[::1]:443`. */
  addresses: string[]
  /** ServerName and those aliases that Apache lists. */
  names: string[]
}

export interface Dump {
  hosts: DumpedHost[]
  files: string[]
  /** `ssl_module`. */
  modules: ReadonlySet<string>
  serverRoot: string
  pidFile: string
}

export const dumpArguments = ['DUMP_VHOSTS', 'DUMP_INCLUDES', 'DUMP_MODULES', 'DUMP_RUN_CFG'].flatMap(
  (name) => ['-D', name],
)

export function parseDump(text: string): Dump {
  const lines = text.split('\n')
  const serverRoot = /^ServerRoot: "(.*)"$/m.exec(text)?.[1] ?? '/'
  return {
    hosts: parseHosts(lines),
    files: lines
      .map((line) => /^\s+\((?:\*|\d+)\) (\/.*)$/.exec(line)?.[1])
      .filter((file) => file !== undefined),
    modules: new Set(lines.map((line) => /^ (\w+_module) \(/.exec(line)?.[1] ?? '')),
    serverRoot,
    pidFile: /^PidFile: "(.*)"$/m.exec(text)?.[1] ?? '',
  }
}

const place = String.raw`\((macro '.*":\d+|.+:\d+)\)$`
const single = new RegExp(String.raw`^(\S+:(?:\d+|\*))\s+(\S+) ${place}`)
const nameBased = /^(\S+:(?:\d+|\*))\s+is a NameVirtualHost$/
const member = new RegExp(String.raw`^\s+(?:port (?:\d+|\*) namevhost|default server) (\S+) ${place}`)
const alias = /^\s+(?:wild )?alias (\S+)$/

function parseHosts(lines: readonly string[]): DumpedHost[] {
  const hosts = new Map<string, DumpedHost>()
  let address = ''
  let current: DumpedHost | undefined
  for (const line of lines) {
    address = nameBased.exec(line)?.[1] ?? single.exec(line)?.[1] ?? address
    const [name, where] = readMember(line)
    if (name && where) current = addHost(hosts, { address, name, where })
    const other = alias.exec(line)?.[1]
    if (other && current) current.names = [...new Set([...current.names, other.toLowerCase()])]
  }
  return [...hosts.values()]
}

/** Name and place of a host, on its own line or below its address. */
const readMember = (line: string): (string | undefined)[] =>
  single.exec(line)?.slice(2) ?? member.exec(line)?.slice(1) ?? []

function addHost(
  hosts: Map<string, DumpedHost>,
  { address, name, where }: { address: string; name: string; where: string },
): DumpedHost {
  const [, file = '', line] = /^(.*):(\d+)$/.exec(where) ?? []
  const fresh: DumpedHost = {
    file,
    line: Number(line),
    isMacro: where.startsWith("macro '"),
    addresses: [],
    names: [],
  }
  const host = hosts.get(where) ?? fresh
  hosts.set(where, host)
  host.addresses = [...new Set([...host.addresses, address])]
  host.names = [...new Set([...host.names, name.toLowerCase()])]
  return host
}
