/**
 * Forms of UPKI_REDIS_URL. Source: docs/operations.md, "Redis".
 *
 *     redis://[USER:PASSWORD@]HOST[:PORT][/NUMBER]
 *     redis+sentinel://[USER:PASSWORD@]HOST[:PORT],…/NAME[/NUMBER]
 *     redis+cluster://[USER:PASSWORD@]HOST[:PORT],…
 *
 * `rediss` in place of `redis` is TLS. Of a sentinel, the password is that of Redis and of the sentinels.
 */

export interface RedisPlace {
  kind: 'single' | 'sentinel' | 'cluster'
  nodes: { host: string; port: number }[]
  /** Of the master, as the sentinels know it. */
  masterName?: string
  database: number
  username?: string
  password?: string
  isTls: boolean
}

const FORM = /^(redis|rediss)(\+sentinel|\+cluster)?:\/\/(?:([^@/]*)@)?([^@/]+)((?:\/[^/?#]*)*)$/
const NODE = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i

const ports = { single: 6379, sentinel: 26379, cluster: 6379 }

class RedisUrlError extends Error {
  override name = 'RedisUrlError'
}

function parseNode(text: string, kind: RedisPlace['kind']): RedisPlace['nodes'][number] {
  const [, host, port = String(ports[kind])] = NODE.exec(text) ?? []
  if (host === undefined || Number(port) > 65_535) throw new RedisUrlError(`${text} is not HOST or HOST:PORT`)
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

function parseDatabase(text = '0'): number {
  if (!/^\d{1,5}$/.test(text)) throw new RedisUrlError(`${text} is not the number of a database`)
  return Number(text)
}

function parsePath(kind: RedisPlace['kind'], path: string): Pick<RedisPlace, 'masterName' | 'database'> {
  const parts = path.split('/').filter(Boolean)
  if (kind !== 'sentinel') {
    if (parts.length > (kind === 'single' ? 1 : 0))
      throw new RedisUrlError(kind === 'single' ? 'too many slashes' : 'a cluster has no numbered databases')
    return { database: parseDatabase(parts[0]) }
  }
  const [masterName, database, ...rest] = parts
  if (masterName === undefined || rest.length > 0)
    throw new RedisUrlError(
      'after the sentinels comes /NAME of the master, as in redis+sentinel://a,b,c/mymaster',
    )
  return { masterName: decodeURIComponent(masterName), database: parseDatabase(database) }
}

function parseUser(text: string | undefined): Pick<RedisPlace, 'username' | 'password'> {
  if (text === undefined) return {}
  const colon = text.indexOf(':')
  const [username, password] = colon < 0 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1)]
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  }
}

/** @throws with what is wrong, without the password */
export function parseRedisUrl(url: string): RedisPlace {
  const [, scheme, suffix = '', user, hosts, path = ''] = FORM.exec(url) ?? []
  if (hosts === undefined)
    throw new RedisUrlError(
      'not redis://HOST:PORT, redis+sentinel://HOST:PORT,…/NAME or redis+cluster://HOST:PORT,…',
    )
  const kind = ({ '': 'single', '+sentinel': 'sentinel', '+cluster': 'cluster' } as const)[suffix] ?? 'single'
  const nodes = hosts.split(',').map((text) => parseNode(text, kind))
  if (kind === 'single' && nodes.length > 1)
    throw new RedisUrlError('several hosts need redis+sentinel:// or redis+cluster://')
  return { kind, nodes, ...parsePath(kind, path), ...parseUser(user), isTls: scheme === 'rediss' }
}
