/** Server blocks of a configuration: names, listens, whether they speak TLS. */
import type { Configuration, Directive } from './parse.js'
import { bestRank } from './server-names.js'

export interface Listen {
  /** '' is all IPv4 addresses; IPv6 in brackets; `unix:…` whole. */
  host: string
  port: number
  ssl: boolean
  options: readonly string[]
  directive: Directive
}

export interface ServerBlock {
  directive: Directive
  names: readonly string[]
  listens: readonly Listen[]
  tls: boolean
}

export function findServerBlocks({ directives }: Configuration): ServerBlock[] {
  const http = directives.filter(({ name, block }) => name === 'http' && block)
  const inside = http.flatMap(({ block }) => block?.directives ?? [])
  return inside.filter(({ name, block }) => name === 'server' && block).map(readServer)
}

export const directivesOf = ({ directive }: ServerBlock, name: string) =>
  (directive.block?.directives ?? []).filter((one) => one.name === name)

function readServer(directive: Directive): ServerBlock {
  const inside = directive.block?.directives ?? []
  const names = inside.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args)
  const listens = inside.filter(({ name }) => name === 'listen').map(readListen)
  // Until nginx 1.25 a directive of its own could turn it on for all listens of the block.
  const turnedOn = inside.some(({ name, args }) => name === 'ssl' && args[0] === 'on')
  const marked = listens.map((listen) => ({ ...listen, ssl: listen.ssl || turnedOn }))
  return { directive, names, listens: marked, tls: marked.some(({ ssl }) => ssl) }
}

function readListen(directive: Directive): Listen {
  const [address = '', ...options] = directive.args
  const ssl = options.includes('ssl')
  if (address.startsWith('unix:')) return { host: address, port: 0, ssl, options, directive }
  const [, host = '', port] = /^(?:(\[[^\]]*\]|[^:]*):)?(\d+)$/.exec(address) ?? [undefined, address, '80']
  return { host: host === '*' || host === '0.0.0.0' ? '' : host, port: Number(port), ssl, options, directive }
}

/** Blocks that would answer for the name: those whose names fit it best, separately for TLS and plain. */
export function blocksFor(blocks: readonly ServerBlock[], name: string): ServerBlock[] {
  const pick = (candidates: ServerBlock[]) => {
    const best = Math.max(0, ...candidates.map(({ names }) => bestRank(names, name)))
    return best === 0 ? [] : candidates.filter(({ names }) => bestRank(names, name) === best)
  }
  const tls = pick(blocks.filter((block) => block.tls))
  const plain = pick(blocks.filter((block) => !block.tls))
  return [...tls, ...plain]
}
