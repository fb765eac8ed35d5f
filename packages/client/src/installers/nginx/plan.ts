/**
 * What has to change in an nginx configuration so that the names are served with
 * the certificate. Pure: configuration in, edits out.
 *
 * A block that speaks TLS gets the new paths. A name that only plain blocks
 * answer for gets TLS in that same block, so whatever else it does (PHP, proxies,
 * rewrites) is the same with and without TLS.
 */
import { Failure } from '../../terminal/failure.js'
import { lineBreak, toBytes, type Edit } from '../bytes.js'
import type { Deployment, Endpoint } from '../contract.js'
import type { Configuration, Directive } from './parse.js'
import { blocksFor, directivesOf, findServerBlocks, type Listen, type ServerBlock } from './servers.js'

export interface NginxPlan {
  blocks: ServerBlock[]
  edits: Edit[]
  endpoints: Endpoint[]
  /** Whether the settings file is needed. */
  usesSettings: boolean
}

export const settingsFile = (folder: string) => `${folder}/options-ssl-nginx.conf`

export function planNginx(configuration: Configuration, deployment: Deployment): NginxPlan {
  const all = findServerBlocks(configuration)
  const found = deployment.names.map((name) => ({ name, blocks: blocksFor(all, sample(name)) }))
  const missing = found.filter(({ blocks }) => blocks.length === 0).map(({ name }) => name)
  if (missing.length > 0) throw noBlock(missing, all)
  const tls = unique(found.flatMap(({ blocks }) => blocks.filter((block) => block.tls)))
  const upgraded = unique(
    found.filter(({ blocks }) => !blocks.some((block) => block.tls)).flatMap(({ blocks }) => blocks),
  )
  const edit = new Editor(configuration, deployment, all)
  return {
    blocks: [...tls, ...upgraded],
    edits: [
      ...tls.flatMap((block) => edit.retarget(block)),
      ...upgraded.flatMap((block) => edit.upgrade(block)),
    ],
    endpoints: found.flatMap(({ name, blocks }) => endpoints(name, blocks, deployment.httpsPort)),
    usesSettings: upgraded.length > 0,
  }
}

/** A name to ask for when the certificate has a wildcard. */
const sample = (name: string) => name.replace(/^\*\./, 'upki-client-check.')

const unique = <T>(list: T[]) => [...new Set(list)]

class Editor {
  constructor(
    private readonly configuration: Configuration,
    private readonly deployment: Deployment,
    private readonly all: readonly ServerBlock[],
  ) {}

  /** Gives a TLS block the certificate's paths. */
  retarget(block: ServerBlock): Edit[] {
    const certificates = directivesOf(block, 'ssl_certificate')
    const keys = directivesOf(block, 'ssl_certificate_key')
    this.checkOwnership([...certificates, ...keys], block)
    const { fullchain, privkey } = this.deployment.live
    const missing = [
      ...(certificates.length === 0 ? [`ssl_certificate ${quote(fullchain)};`] : []),
      ...(keys.length === 0 ? [`ssl_certificate_key ${quote(privkey)};`] : []),
    ]
    return [
      ...this.replace(certificates, `ssl_certificate ${quote(fullchain)};`),
      ...this.replace(keys, `ssl_certificate_key ${quote(privkey)};`),
      ...(missing.length > 0 ? [this.insert(block, missing)] : []),
    ]
  }

  /** Makes a plain block speak TLS as well. */
  upgrade(block: ServerBlock): Edit[] {
    const { live, settingsFolder, redirect, hsts, httpsPort } = this.deployment
    const own = [
      'ssl_protocols',
      'ssl_ciphers',
      'ssl_session_cache',
      'ssl_session_timeout',
      'ssl_session_tickets',
    ]
    const settled = own.some((name) => directivesOf(block, name).length > 0)
    const lines = [
      ...this.listens(block),
      `ssl_certificate ${quote(live.fullchain)};`,
      `ssl_certificate_key ${quote(live.privkey)};`,
      ...(settled ? [] : [`include ${quote(settingsFile(settingsFolder))};`]),
      ...(hsts ? ['add_header Strict-Transport-Security "max-age=31536000" always;'] : []),
      ...(redirect ? [redirection(httpsPort)] : []),
    ]
    return [
      this.insert(
        block,
        lines.map((line) => `${line} # managed by upki-client`),
      ),
    ]
  }

  /** One TLS listen beside each plain one, for the same address. */
  private listens({ listens }: ServerBlock): string[] {
    const { httpsPort } = this.deployment
    const tcp = listens.filter(({ host }) => !host.startsWith('unix:'))
    // Without any listen nginx takes port 80; naming another would end that.
    const implied = listens.length === 0 ? ['listen 80;'] : []
    const hosts = unique(tcp.length > 0 ? tcp.map(({ host }) => host) : [''])
    return [
      ...implied,
      ...hosts.map((host) => `listen ${host}${host && ':'}${httpsPort} ssl${this.dual(host, tcp)};`),
    ]
  }

  /** `ipv6only=off` takes IPv4 with it, where no other listen says so for the TLS port already. */
  private dual(host: string, tcp: readonly Listen[]): string {
    const asks = tcp.some((listen) => listen.host === host && listen.options.includes('ipv6only=off'))
    const said = this.all.some(({ listens }) =>
      listens.some((listen) => listen.host === host && listen.port === this.deployment.httpsPort),
    )
    return asks && !said ? ' ipv6only=off' : ''
  }

  /** The first becomes the new directive; others, such as a second key type's, go. */
  private replace(directives: readonly Directive[], text: string): Edit[] {
    return directives.map(({ file, start, end }, index) => ({
      file,
      start,
      end,
      text: index === 0 ? toBytes(text) : '',
    }))
  }

  private insert(block: ServerBlock, lines: readonly string[]): Edit {
    const file = block.directive.block?.file ?? ''
    const text = this.configuration.texts.get(file) ?? ''
    const place = this.placeIn(block, file)
    const indent = /[ \t]*$/.exec(text.slice(0, place.start))?.[0] ?? ''
    const newline = lineBreak(text)
    const added = lines
      .map((line) => `${newline}${place.indented ? indent : `${indent}    `}${toBytes(line)}`)
      .join('')
    // What follows on the same line, such as a closing brace, must not fall into our comment.
    const rest = /^[^\r\n]*/.exec(text.slice(place.at))?.[0] ?? ''
    return { file, start: place.at, end: place.at, text: added + (rest.trim() === '' ? '' : newline) }
  }

  /** Behind the last server_name or listen written in the block itself, else at its beginning. */
  private placeIn({ directive }: ServerBlock, file: string) {
    const { start = 0, end = 0, directives = [] } = directive.block ?? {}
    const inside = directives.filter((one) => one.file === file && one.start >= start && one.end <= end)
    const anchor = inside.filter(({ name }) => ['server_name', 'listen'].includes(name)).at(-1)
    return anchor
      ? { at: anchor.end, start: anchor.start, indented: true }
      : { at: start, start: directive.start, indented: false }
  }

  /** A directive in an included file belongs to every block that includes it. */
  private checkOwnership(directives: readonly Directive[], block: ServerBlock): void {
    for (const { file, start, line } of directives) {
      const users = this.all.filter(({ directive }) =>
        directive.block?.directives.some((one) => one.file === file && one.start === start),
      )
      const strangers = users.filter((user) => user !== block && !this.isOurs(user))
      if (strangers.length > 0) throw sharedSnippet(`${file}:${line}`, strangers)
    }
  }

  private isOurs(block: ServerBlock): boolean {
    return this.deployment.names.some((name) => blocksFor(this.all, sample(name)).includes(block))
  }
}

const redirection = (port: number) =>
  `if ($scheme = http) { return 301 https://$host${port === 443 ? '' : `:${port}`}$request_uri; }`

function endpoints(name: string, blocks: readonly ServerBlock[], httpsPort: number): Endpoint[] {
  const tls = blocks.filter((block) => block.tls)
  const listens = tls.flatMap((block) => block.listens.filter(({ ssl }) => ssl))
  const places =
    tls.length > 0
      ? listens
      : blocks.flatMap((block) => block.listens).map((one) => ({ ...one, port: httpsPort }))
  const reachable = places.filter(({ host }) => !host.startsWith('unix:'))
  const targets = reachable.length > 0 ? reachable : [{ host: '', port: httpsPort }]
  const keys = unique(targets.map(({ host, port }) => `${toAddress(host)} ${port}`))
  return keys.map((key) => {
    const [host = '', port] = key.split(' ')
    return { host, port: Number(port), name: sample(name) }
  })
}

/** Where a listen is reached from this machine. */
function toAddress(host: string): string {
  if (host === '') return '127.0.0.1'
  const bare = host.replace(/^\[|\]$/g, '')
  return bare === '::' ? '::1' : bare
}

/** In quotes where nginx would see more than one word, or a variable it does not know. */
const quote = (path: string) => (/^[\w./@:+-]+$/.test(path) ? path : `"${path.replace(/["\\]/g, '\\$&')}"`)

const noBlock = (names: readonly string[], all: readonly ServerBlock[]) => {
  const known = [...new Set(all.flatMap((block) => block.names))].slice(0, 30).join(', ') || '-'
  const list = names.join(', ')
  return new Failure('failed', {
    en: `No server block has the server_name ${list}. Add it to the block that serves it; names found: ${known}. Nothing was changed.`,
    ja: `server_name に ${list} を持つ server ブロックがありません。該当するブロックに追加してください。見つかった名前: ${known}。何も変更していません。`,
  })
}

const sharedSnippet = (place: string, strangers: readonly ServerBlock[]) => {
  const list = strangers
    .map(({ names, directive }) => `${names[0] ?? '-'} (${directive.file}:${directive.line})`)
    .join(', ')
  return new Failure('failed', {
    en: `${place} sets the certificate for other sites too: ${list}. Move the ssl_certificate lines into the server blocks, or order one certificate for all of the names. Nothing was changed.`,
    ja: `${place} の証明書設定は他のサイトにも使われています: ${list}。ssl_certificate の行を各 server ブロックへ移すか、すべての名前を含む証明書を取得してください。何も変更していません。`,
  })
}
