/**
 * Which bindings of IIS get the certificate. Pure.
 *
 * A binding is touched only when its host name is in the certificate: never by
 * the thumbprint it happens to have, so another site's stays. New bindings have
 * SNI. The old certificate stays in the store until the new one was seen.
 */
import { Failure } from '../../terminal/failure.js'

export interface Binding {
  site: string
  protocol: 'http' | 'https'
  /** `*` or an address. */
  ip: string
  port: number
  /** '' answers for every name. */
  host: string
  /** Server Name Indication. */
  sni: boolean
  /** Hexadecimal, '' without a certificate. */
  thumbprint: string
}

export interface BindingAction {
  kind: 'replace' | 'add'
  site: string
  ip: string
  port: number
  host: string
}

export interface IisPlan {
  actions: BindingAction[]
  /** Bindings without a host name that answer before the others on old clients: shown, never changed. */
  catchAll: Binding[]
}

/** @throws Failure when a name has no binding */
export function planBindings(
  bindings: readonly Binding[],
  names: readonly string[],
  wanted: { thumbprint: string; httpsPort: number },
): IisPlan {
  const covered = bindings.filter(({ host }) => host !== '' && names.some((name) => covers(name, host)))
  const missing = names.filter((name) => !covered.some(({ host }) => covers(name, host)))
  if (missing.length > 0) throw noBinding(missing, bindings)
  const tls = covered.filter(({ protocol }) => protocol === 'https')
  const plain = covered.filter(
    (one) =>
      one.protocol === 'http' && !tls.some(({ site, host }) => site === one.site && sameHost(host, one.host)),
  )
  const same = (one: Binding) => one.thumbprint.toLowerCase() === wanted.thumbprint.toLowerCase()
  return {
    actions: [
      ...tls.filter((one) => !same(one)).map((one) => toAction('replace', one, one.port)),
      ...plain.map((one) => toAction('add', one, wanted.httpsPort)),
    ],
    catchAll: bindings.filter(({ protocol, host }) => protocol === 'https' && host === ''),
  }
}

/** RFC 6125 §6.4.3: a wildcard stands for one label. */
function covers(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return sameHost(name, host)
  return sameHost(host.slice(host.indexOf('.') + 1), name.slice(2))
}

const sameHost = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const toAction = (kind: BindingAction['kind'], { site, ip, host }: Binding, port: number): BindingAction => ({
  kind,
  site,
  ip,
  port,
  host,
})

const noBinding = (missing: readonly string[], bindings: readonly Binding[]) => {
  const known = [...new Set(bindings.map(({ site, host }) => `${site}: ${host || '*'}`))].join(', ') || '-'
  return new Failure('failed', {
    en: `No site has a binding with the host name ${missing.join(', ')}. Bindings found: ${known}. Nothing was changed.`,
    ja: `ホスト名 ${missing.join(', ')} のバインドを持つサイトがありません。見つかったバインド: ${known}。何も変更していません。`,
  })
}
