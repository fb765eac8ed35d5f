/**
 * Which bindings of IIS get the certificate. Pure.
 *
 * A binding is touched only when its host name is in the certificate: never by
 * the thumbprint it happens to have, so another site's stays. New bindings have
 * SNI. A binding without it shares one certificate with all others at its address
 * and port, so it is changed only when those are ours too.
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
  /** Its certificate comes from the Central Certificate Store, a folder of PFX files. */
  central: boolean
  /** Hexadecimal, '' without a certificate. */
  thumbprint: string
}

export interface BindingAction {
  kind: 'replace' | 'add'
  site: string
  ip: string
  port: number
  host: string
  /** Thumbprint before; '' for a binding that is made. */
  was: string
}

export const bindingsFor = (bindings: readonly Binding[], names: readonly string[]) =>
  bindings.filter(({ host }) => host !== '' && names.some((name) => covers(name, host)))

/** @throws Failure when a name has no binding, or a binding cannot have a certificate of its own */
export function planBindings(
  bindings: readonly Binding[],
  names: readonly string[],
  wanted: { thumbprint: string; httpsPort: number },
): { actions: BindingAction[] } {
  const covered = bindingsFor(bindings, names)
  const missing = names.filter((name) => !covered.some(({ host }) => covers(name, host)))
  if (missing.length > 0) throw noBinding(missing, bindings)
  const tls = covered.filter(({ protocol }) => protocol === 'https')
  refuseOthers(tls, bindings, names)
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
  }
}

/** RFC 6125 §6.4.3: a wildcard stands for one label. */
function covers(name: string, host: string): boolean {
  if (!name.startsWith('*.')) return sameHost(name, host)
  return sameHost(host.slice(host.indexOf('.') + 1), name.slice(2))
}

const sameHost = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

function refuseOthers(tls: readonly Binding[], bindings: readonly Binding[], names: readonly string[]): void {
  const central = tls.find((one) => one.central)
  if (central) throw fromCentralStore(central)
  const isOurs = ({ host }: Binding) => names.some((name) => covers(name, host))
  for (const one of tls.filter(({ sni }) => !sni)) {
    const other = bindings.find(
      (another) =>
        another.protocol === 'https' &&
        !another.sni &&
        another.ip === one.ip &&
        another.port === one.port &&
        !isOurs(another),
    )
    if (other) throw sharedAddress(one, other)
  }
}

const toAction = (
  kind: BindingAction['kind'],
  { site, ip, host, thumbprint }: Binding,
  port: number,
): BindingAction => ({ kind, site, ip, port, host, was: kind === 'add' ? '' : thumbprint })

const show = ({ site, ip, port, host }: Binding) => `${site} ${ip}:${port}:${host}`

const fromCentralStore = (binding: Binding) =>
  new Failure('failed', {
    en: `${show(binding)} takes its certificate from the Central Certificate Store. Put a PKCS#12 file there instead ("upki-client convert --to p12"). Nothing was changed.`,
    ja: `${show(binding)} は集中証明書ストアを使っています。そのフォルダへ PKCS#12 を置いてください ("upki-client convert --to p12")。何も変更していません。`,
  })

const sharedAddress = (binding: Binding, other: Binding) =>
  new Failure('failed', {
    en: `${show(binding)} has no Server Name Indication, so its certificate would be that of ${show(other)} too. Turn on "Require Server Name Indication" for it. Nothing was changed.`,
    ja: `${show(binding)} は SNI を使っていないため、証明書を変えると ${show(other)} にも及びます。「サーバー名表示を要求する」を有効にしてください。何も変更していません。`,
  })

const noBinding = (missing: readonly string[], bindings: readonly Binding[]) => {
  const known = [...new Set(bindings.map(({ site, host }) => `${site}: ${host || '*'}`))].join(', ') || '-'
  return new Failure('failed', {
    en: `No site has a binding with the host name ${missing.join(', ')}. Bindings found: ${known}. Nothing was changed.`,
    ja: `ホスト名 ${missing.join(', ')} のバインドを持つサイトがありません。見つかったバインド: ${known}。何も変更していません。`,
  })
}
