/** Where Apache listens, and how it comes to listen at one port more. */
import { lineBreak, readBytes, type Edit } from '../bytes.js'
import type { Dump } from './dump.js'
import { activeDirectives, parseDirectives, type Directive } from './directives.js'

export interface Listen {
  /** '' is every address. */
  host: string
  port: number
}

export function findListens({ files, modules }: Dump): Listen[] {
  const after = new Set([...modules, 'ssl_module'])
  const all = files.flatMap((file) => activeDirectives(parseDirectives(readBytes(file), file), after))
  return all
    .filter(({ name }) => name === 'listen')
    .map(({ args }) => {
      const [, host = '', port] = /^(?:(\[[^\]]*\]|[^:]*):)?(\d+)$/.exec(args[0] ?? '') ?? []
      return { host: host === '*' || host === '0.0.0.0' ? '' : host, port: Number(port) }
    })
}

/**
 * A Listen behind the first one that stands in no section. Its file is read once
 * for sure, since Apache refuses the same Listen twice; a site's file may be
 * included by two names. None when every Listen is in a section.
 */
export function addListen({ files }: Dump, port: number): Edit[] {
  const [first] = files.flatMap((file) => outsideSections(parseDirectives(readBytes(file), file)))
  if (!first) return []
  const { file, end } = first
  return [{ file, start: end, end, text: `${lineBreak(readBytes(file))}Listen ${port}` }]
}

function outsideSections(directives: readonly Directive[]): Directive[] {
  let depth = 0
  return directives.filter(({ name }) => {
    if (name.startsWith('</')) depth--
    else if (name.startsWith('<')) depth++
    return depth === 0 && name === 'listen'
  })
}
