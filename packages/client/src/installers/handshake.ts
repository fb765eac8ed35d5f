/**
 * Looks at a server from outside, by a real TLS handshake: is the certificate it
 * shows the one on disk, with the whole chain? A reload that was accepted proves
 * nothing: old workers, another site that answers for the name, a forgotten listen.
 */
import { X509Certificate } from 'node:crypto'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { Endpoint } from './contract.js'

/** How long a server may take to bring up new workers after a reload. */
const patienceMs = 15_000
const handshakeMs = 5000

/**
 * @param chain as on disk, leaf first
 * @returns what is wrong, after the server has had time to get it right; none when all endpoints are
 */
export async function checkEndpoints(
  endpoints: readonly Endpoint[],
  chain: readonly X509Certificate[],
  waitMs = patienceMs,
): Promise<Bilingual[]> {
  const end = performance.now() + waitMs
  const results = await Promise.all(endpoints.map((endpoint) => checkUntil(endpoint, chain, end)))
  return results.filter((result) => result !== undefined)
}

/** What clients that send no name get, where it is another certificate than ours; a refused connection is no finding. */
export async function probeWithoutName(
  endpoints: readonly Endpoint[],
  chain: readonly X509Certificate[],
): Promise<Bilingual[]> {
  const places = new Map(endpoints.map(({ host, port }) => [`${host}:${port}`, { host, port, name: '' }]))
  const results = await Promise.all(
    [...places].map(async ([place, endpoint]) => {
      const [leaf] = await handshake(endpoint).catch(() => [])
      return !leaf || leaf.fingerprint256 === chain[0]?.fingerprint256 ? undefined : withoutName(place, leaf)
    }),
  )
  return results.filter((result) => result !== undefined)
}

const withoutName = (place: string, { subjectAltName, subject }: X509Certificate): Bilingual => ({
  en: `${place}: clients that send no name (no SNI) get another certificate (${subjectAltName ?? subject}).`,
  ja: `${place}: 名前を送らない (SNI 非対応の) クライアントには別の証明書 (${subjectAltName ?? subject}) が送られます。`,
})

async function checkUntil(endpoint: Endpoint, chain: readonly X509Certificate[], end: number) {
  for (;;) {
    const finding = await checkEndpoint(endpoint, chain)
    if (!finding || performance.now() > end) return finding
    await sleep(100)
  }
}

async function checkEndpoint(
  endpoint: Endpoint,
  chain: readonly X509Certificate[],
): Promise<Bilingual | undefined> {
  const place = `${endpoint.name} (${endpoint.host}:${endpoint.port})`
  try {
    return compare(await handshake(endpoint), chain, place)
  } catch (error) {
    const { message } = error as Error
    return { en: `${place}: no TLS handshake: ${message}`, ja: `${place}: TLS 接続できません: ${message}` }
  }
}

/** Certificates as the server sent them, leaf first. */
function handshake({ host, port, name }: Endpoint): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    // Whether the chain leads to a root this machine trusts is not asked: it is compared with the one on disk.
    const socket = connect({ host, port, servername: name || undefined, rejectUnauthorized: false }, () => {
      resolve(sentChain(socket.getPeerCertificate(true)))
      socket.destroy()
    })
    socket.setTimeout(handshakeMs, () => socket.destroy(new Error(`no answer in ${handshakeMs / 1000} s`)))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed')))
  })
}

/** The last certificate of a chain names itself as its issuer, or none. */
function sentChain(leaf: DetailedPeerCertificate): X509Certificate[] {
  const found = new Map<string, X509Certificate>()
  let certificate: Partial<DetailedPeerCertificate> | undefined = leaf
  while (certificate?.raw && !found.has(certificate.fingerprint256 ?? '')) {
    found.set(certificate.fingerprint256 ?? '', new X509Certificate(certificate.raw))
    certificate = certificate.issuerCertificate
  }
  return [...found.values()]
}

function compare(
  sent: X509Certificate[],
  chain: readonly X509Certificate[],
  place: string,
): Bilingual | undefined {
  const [leaf] = sent
  if (!leaf) return { en: `${place}: no certificate is shown.`, ja: `${place}: 証明書が送られません。` }
  if (leaf.fingerprint256 !== chain[0]?.fingerprint256) {
    const shown = `${leaf.subjectAltName ?? leaf.subject}, ${leaf.serialNumber}`
    return {
      en: `${place}: another certificate is shown (${shown}).`,
      ja: `${place}: 別の証明書が送られてきます (${shown})。`,
    }
  }
  const missing = chain.filter((wanted) => !sent.some((one) => one.fingerprint256 === wanted.fingerprint256))
  if (missing.length === 0) return undefined
  const names = missing.map(({ subject }) => subject.split('\n').at(-1)).join(', ')
  return {
    en: `${place}: the chain is shown without ${names}.`,
    ja: `${place}: 送られるチェーンに ${names} がありません。`,
  }
}
