/** Reading what is under `live/`: for the list of certificates, and for whether a name is served already. */
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { dnsNames } from './check-certificate.js'
import type { Bilingual } from '@upki-gateway/shared/problem'
import { paths, type Directories } from './directories.js'
import { livePaths, type LivePaths } from './lineage.js'
import { listNames, readOptional } from './read-optional.js'
import { Failure } from '../terminal/failure.js'

export interface Lineage {
  name: string
  names: string[]
  /** Distinguished name, one attribute per element, as in the certificate. */
  subject: string[]
  issuer: string[]
  /** Upper-case hexadecimal; serials do not fit a number. */
  serial: string
  /** `RSA 2048`, `P-384`. */
  keyType: string
  notBefore: Date
  notAfter: Date
  paths: LivePaths
}

export interface UnreadableLineage {
  name: string
  problem: string
  text: Bilingual
}

/** A part of what is live is gone, or is no certificate. */
export class DamagedLineage extends Failure {
  override name = 'DamagedLineage'
  constructor(directories: Directories, name: string, reason: string) {
    const [live, archive] = [paths.live(directories, name), paths.archive(directories, name)]
    super('failed', {
      en: `${live} cannot be used (${reason}). Restore ${archive} from a backup; or order a new certificate by "upki-client certonly --cert-name ${name} --force-renewal" with its -d and --server.`,
      ja: `${live} を使えません (${reason})。${archive} をバックアップから戻すか、-d と --server を付けて "upki-client certonly --cert-name ${name} --force-renewal" で新しい証明書を注文してください。`,
    })
  }
}

/**
 * The certificate that is live under a name; undefined when there is none.
 *
 * @throws DamagedLineage; the system's error when it may not be read
 */
export async function readLineage(directories: Directories, name: string): Promise<Lineage | undefined> {
  const live = livePaths(directories, name)
  const pem = await readOptional(live.cert)
  if (pem === undefined) return undefined
  if (!existsSync(live.privkey)) throw new DamagedLineage(directories, name, 'privkey.pem: ENOENT')
  try {
    return describe(name, live, new X509Certificate(pem))
  } catch {
    throw new DamagedLineage(directories, name, 'cert.pem')
  }
}

/** @throws Failure when there is none */
export async function mustReadLineage(directories: Directories, name: string): Promise<Lineage> {
  const lineage = await readLineage(directories, name)
  if (lineage) return lineage
  throw new Failure('usage', {
    en: `There is no certificate ${name} in ${directories.config}; "upki-client certificates" lists them.`,
    ja: `${directories.config} に証明書 ${name} はありません。"upki-client certificates" で一覧できます。`,
  })
}

/** Every certificate, by name; one that cannot be read does not hide the others. */
export async function listLineages(directories: Directories): Promise<(Lineage | UnreadableLineage)[]> {
  const names = await listNames(join(directories.config, 'live'))
  const folders = names.filter((name) => name !== 'README')
  return Promise.all(folders.map((name) => readOrExplain(directories, name)))
}

async function readOrExplain(directories: Directories, name: string): Promise<Lineage | UnreadableLineage> {
  try {
    const lineage = await readLineage(directories, name)
    if (lineage) return lineage
    const { message: problem, text } = new DamagedLineage(directories, name, 'cert.pem: ENOENT')
    return { name, problem, text }
  } catch (error) {
    const { message: problem } = error as Error
    return { name, problem, text: error instanceof Failure ? error.text : { en: problem, ja: problem } }
  }
}

const describe = (name: string, live: LivePaths, certificate: X509Certificate): Lineage => ({
  name,
  names: dnsNames(certificate),
  subject: attributes(certificate.subject),
  issuer: attributes(certificate.issuer),
  serial: certificate.serialNumber,
  /** Looked for when asked: finding it costs as much as all the rest, and renewals do not ask. */
  get keyType() {
    return describeKey(certificate)
  },
  notBefore: new Date(certificate.validFrom),
  notAfter: new Date(certificate.validTo),
  paths: live,
})

/** Node.js gives undefined for an empty name, which its types do not say; CAs other than UPKI issue such. */
const attributes = (name: string | undefined) => name?.split('\n') ?? []

function describeKey({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {}
  if (modulusLength) return `RSA ${modulusLength}`
  const curves: Record<string, string> = { secp384r1: 'P-384', prime256v1: 'P-256' }
  return curves[namedCurve ?? ''] ?? namedCurve ?? publicKey.asymmetricKeyType ?? '?'
}
