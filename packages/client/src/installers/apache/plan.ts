/**
 * What has to change in an Apache configuration so that the names are served
 * with the certificate. Pure but for reading: configuration in, edits out.
 *
 * A VirtualHost that speaks TLS gets the new paths; a plain one gets a TLS twin
 * right behind it in the same file, wherever the layout of the distribution
 * keeps its sites.
 */
import { Failure } from '../../terminal/failure.js'
import { lineBreak, readBytes, toBytes, type Edit } from '../bytes.js'
import type { Deployment, Endpoint } from '../contract.js'
import type { Dump } from './dump.js'
import { parseDirectives, type Directive } from './directives.js'
import { addListen, findListens, type Listen } from './listens.js'
import { hostsFor, readHosts, type VirtualHost } from './hosts.js'
import { quote, renderTwin } from './tls-copy.js'

export interface ApachePlan {
  hosts: VirtualHost[]
  edits: Edit[]
  endpoints: Endpoint[]
  usesSettings: boolean
  /** Modules that the edits need, without `_module`. */
  modules: string[]
}

export const settingsFile = (folder: string) => `${folder}/options-ssl-apache.conf`

const sample = (name: string) => name.replace(/^\*\./, 'upki-client-check.')
const unique = <T>(list: readonly T[]) => [...new Set(list)]

export function planApache(dump: Dump, deployment: Deployment): ApachePlan {
  const all = readHosts(dump)
  const found = deployment.names.map((name) => ({ name, hosts: choose(all, dump, sample(name)) }))
  const tls = unique(found.flatMap(({ hosts }) => hosts.filter((host) => host.tls)))
  const plain = unique(found.flatMap(({ hosts }) => hosts.filter((host) => !host.tls)))
  checkManagedDomains([...tls, ...plain], dump, deployment.names)
  const listens = findListens(dump)
  const lacksListen = plain.length > 0 && !listens.some(({ port }) => port === deployment.httpsPort)
  const listen = lacksListen ? addListen(dump, deployment.httpsPort) : []
  const edits = [
    ...tls.flatMap((host) => retarget(host, all, [...tls, ...plain], deployment)),
    ...listen,
    ...plain.flatMap((host, index) =>
      upgrade(host, deployment, lacksListen && listen.length === 0 && index === 0),
    ),
  ]
  return {
    hosts: [...tls, ...plain],
    edits,
    endpoints: found.flatMap(({ name, hosts }) => endpoints(name, hosts, listens, deployment.httpsPort)),
    usesSettings: plain.length > 0,
    modules: neededModules(plain.length > 0, deployment),
  }
}

const neededModules = (upgrades: boolean, { hsts, redirect }: Deployment) => [
  'ssl',
  ...(upgrades && hsts ? ['headers'] : []),
  ...(upgrades && redirect ? ['rewrite'] : []),
]

/** TLS hosts for the name, or else the plain ones. */
function choose(all: readonly VirtualHost[], dump: Dump, name: string): VirtualHost[] {
  const tls = hostsFor(
    all.filter((host) => host.tls),
    name,
  )
  const hosts = tls.length > 0 ? tls : hostsFor(all, name)
  if (hosts.length > 0) return hosts
  const [macro] = hostsFor(
    dump.hosts.filter(({ isMacro }) => isMacro),
    name,
  )
  throw macro ? fromMacro(name, macro.file) : noHost(name, dump)
}

const named = ({ directives }: VirtualHost, name: string) => directives.filter((one) => one.name === name)

function retarget(
  host: VirtualHost,
  all: readonly VirtualHost[],
  ours: readonly VirtualHost[],
  { live }: Deployment,
): Edit[] {
  const certificates = named(host, 'sslcertificatefile')
  const keys = named(host, 'sslcertificatekeyfile')
  // Since 2.4.8 the chain comes with the certificate; a stale one would be sent as well.
  const chains = named(host, 'sslcertificatechainfile')
  checkOwnership(
    [...certificates, ...keys, ...chains],
    all.filter((one) => !ours.includes(one)),
  )
  const [certificate, key] = [
    `SSLCertificateFile ${quote(live.fullchain)}`,
    `SSLCertificateKeyFile ${quote(live.privkey)}`,
  ]
  const missing = [...(certificates.length === 0 ? [certificate] : []), ...(keys.length === 0 ? [key] : [])]
  return [
    ...replace(certificates, certificate),
    ...replace(keys, key),
    ...chains.map(({ file, start }) => ({ file, start, end: start, text: '# ' })),
    ...(missing.length > 0 ? [insert(host, missing)] : []),
  ]
}

/** The first becomes ours; others, such as a second key type's, are commented out. */
const replace = (directives: readonly Directive[], text: string): Edit[] =>
  directives.map(({ file, start, end }, index) =>
    index === 0 ? { file, start, end, text: toBytes(text) } : { file, start, end: start, text: '# ' },
  )

function upgrade(host: VirtualHost, deployment: Deployment, needsListen: boolean): Edit[] {
  const twin = renderTwin(host, deployment, settingsFile(deployment.settingsFolder), needsListen)
  const port = deployment.httpsPort === 443 ? '' : `:${deployment.httpsPort}`
  const redirect = [
    'RewriteEngine On',
    `RewriteRule ^ https://%{SERVER_NAME}${port}%{REQUEST_URI} [END,NE,R=permanent]`,
  ]
  return [
    ...(deployment.redirect ? [insert(host, redirect)] : []),
    { file: host.file, start: host.close.end, end: host.close.end, text: twin },
  ]
}

function insert({ file, text, open }: VirtualHost, lines: readonly string[]): Edit {
  const newline = lineBreak(text)
  const indent = /[ \t]*$/.exec(text.slice(0, open.start))?.[0] ?? ''
  const added = lines.map((line) => `${newline}${indent}    ${toBytes(line)}`).join('')
  return { file, start: open.end, end: open.end, text: added }
}

function checkOwnership(directives: readonly Directive[], strangers: readonly VirtualHost[]): void {
  for (const { file, start, line } of directives) {
    const users = strangers.filter((host) =>
      host.directives.some((one) => one.file === file && one.start === start),
    )
    if (users.length > 0) throw sharedSnippet(`${file}:${line}`, users)
  }
}

/** mod_md hands out certificates of its own for the domains it manages. */
function checkManagedDomains(hosts: readonly VirtualHost[], dump: Dump, names: readonly string[]): void {
  if (!dump.modules.has('md_module')) return
  const global = dump.files.flatMap((file) => parseDirectives(readBytes(file), file))
  const managed = [...global, ...hosts.flatMap(({ directives }) => directives)]
    .filter(({ name }) => ['mdomain', 'mdmember', 'mdmembers', '<mdomainset', '<mdomain'].includes(name))
    .find(({ args }) => args.some((arg) => names.includes(arg.toLowerCase())))
  if (managed) throw managedByMd(`${managed.file}:${managed.line}`)
}

function endpoints(
  name: string,
  hosts: readonly VirtualHost[],
  listens: readonly Listen[],
  httpsPort: number,
): Endpoint[] {
  const addresses = hosts.flatMap((host) =>
    host.addresses.map((address) => (host.tls ? address : address.replace(/:[^:\]]*$/, `:${httpsPort}`))),
  )
  return unique(addresses).map((address) => {
    const [, host = '', port] = /^(.*):(\d+|\*)$/.exec(address) ?? []
    const number = port === '*' ? httpsPort : Number(port)
    return {
      host: toAddress(
        host,
        listens.filter((one) => one.port === number),
      ),
      port: number,
      name: sample(name),
    }
  })
}

function toAddress(host: string, listens: readonly Listen[]): string {
  const isAny = host === '*' || host === '_default_'
  const chosen =
    isAny && !listens.some((one) => one.host === '') ? (listens[0]?.host ?? '') : isAny ? '' : host
  const bare = chosen.replace(/^\[|\]$/g, '')
  return bare === '' ? '127.0.0.1' : bare === '::' ? '::1' : bare
}

const noHost = (name: string, { hosts }: Dump) => {
  const known =
    unique(hosts.flatMap(({ names }) => names))
      .slice(0, 30)
      .join(', ') || '-'
  return new Failure('failed', {
    en: `No VirtualHost has the ServerName or ServerAlias ${name}. Add it to the one that serves it (and enable its site); names found: ${known}. Nothing was changed.`,
    ja: `ServerName または ServerAlias に ${name} を持つ VirtualHost がありません。該当するものに追加し、サイトを有効にしてください。見つかった名前: ${known}。何も変更していません。`,
  })
}

const fromMacro = (name: string, place: string) =>
  new Failure('failed', {
    en: `The VirtualHost of ${name} is made by a ${place}; an edit of it would reach other sites too. Write its TLS VirtualHost by hand with this certificate's paths. Nothing was changed.`,
    ja: `${name} の VirtualHost は ${place} で作られており、編集すると他のサイトにも及びます。この証明書のパスで TLS の VirtualHost を手で書いてください。何も変更していません。`,
  })

const sharedSnippet = (place: string, users: readonly VirtualHost[]) => {
  const list = users.map(({ names, file, line }) => `${names[0] ?? '-'} (${file}:${line})`).join(', ')
  return new Failure('failed', {
    en: `${place} sets the certificate for other sites too: ${list}. Move the SSLCertificate lines into the VirtualHosts, or order one certificate for all of the names. Nothing was changed.`,
    ja: `${place} の証明書設定は他のサイトにも使われています: ${list}。SSLCertificate の行を各 VirtualHost へ移すか、すべての名前を含む証明書を取得してください。何も変更していません。`,
  })
}

const managedByMd = (place: string) =>
  new Failure('failed', {
    en: `mod_md obtains the certificate of these names itself (${place}). Take them out of its MDomain first. Nothing was changed.`,
    ja: `これらの名前の証明書は mod_md が取得しています (${place})。先に MDomain から外してください。何も変更していません。`,
  })
