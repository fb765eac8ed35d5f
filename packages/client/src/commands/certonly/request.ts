/** What `certonly` is asked for, put together from options and from an order under way. */
import { resolve } from 'node:path'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import { accountId } from '../../keystore/account-store.js'
import { parseCertName } from '../../keystore/cert-name.js'
import { isUpkiKeyType, type KeyType } from '../../keystore/certificate-key.js'
import type { OrderRecord } from '../../keystore/pending-order.js'
import { Failure } from '../../terminal/failure.js'
import type { P12Options } from './write-p12.js'
import type { KeyAccess } from '../../keystore/key-access.js'
import { readCaFile } from '../ca-file.js'
import type { ProvingOptions } from '../challenge-options.js'
import type { CommonOptions } from '../command-spec.js'
import { readForeignCsr, type CsrOptions, type ForeignCsr } from './csr-order.js'
import type { EabOptions } from './eab-options.js'

export interface CertonlyOptions
  extends CommonOptions, EabOptions, ProvingOptions, CsrOptions, P12Options, KeyAccess {
  dryRun?: boolean
  /** Where renewals look whether the certificate is in use. */
  check?: string
  domains?: string[]
  certName?: string
  keyType?: KeyType | 'rsa' | 'ecdsa'
  rsaKeySize?: '2048' | '3072' | '4096'
  ellipticCurve?: 'secp256r1' | 'secp384r1'
  preferredChain?: string
  software?: string
  forceRenewal?: boolean
  renewWithNewDomains?: boolean
  server?: string
  caFile?: string
  account?: string
  email?: string
  agreeTos?: boolean
  allowHttp?: boolean
  timeout: number
  wait: boolean
  abandonOrder?: boolean
}

export interface CertificateRequest {
  names: readonly string[]
  server: URL
  /** For a key that lies elsewhere. */
  csr?: ForeignCsr
  /** As asked; undefined leaves it to the server. */
  keyType?: KeyType
  software?: string
  /** Absolute path, and its content. */
  caFile?: string
  trustedCas?: string
  /** Account asked for by `--account` or `--eab-kid`. */
  accountId?: string
}

/** `--key-type` with certbot's two words for size and curve. @throws Failure (usage) when they contradict */
function readKeyType({ keyType, rsaKeySize, ellipticCurve }: CertonlyOptions): KeyType | undefined {
  const rsa: KeyType | undefined = rsaKeySize && (`rsa${rsaKeySize}` as const)
  const ec: KeyType | undefined = ellipticCurve && (ellipticCurve === 'secp256r1' ? 'p256' : 'p384')
  if (keyType === 'rsa') return rsa ?? 'rsa2048'
  if (keyType === 'ecdsa') return ec ?? 'p384'
  const asked = [keyType, rsa, ec].filter((one) => one !== undefined)
  if (new Set(asked).size > 1) throw contradiction(asked)
  return asked[0]
}

const contradiction = (asked: readonly string[]) =>
  new Failure('usage', {
    en: `Choose one key type, not ${asked.join(' and ')}.`,
    ja: `鍵の種類は 1 つだけ選んでください (${asked.join('、')})。`,
  })

/** UPKI's own ACME service says nothing of UPKI in its directory. Source: docs/client.md, "Challenges". */
export const isUpkiService = ({ hostname }: URL) => /(^|\.)secomtrust-acme\.com$/.test(hostname)

/**
 * What UPKI's own service would refuse only after the challenges.
 *
 * @throws Failure (usage)
 */
function checkForUpki({
  names,
  server,
  keyType,
}: Pick<CertificateRequest, 'names' | 'server' | 'keyType'>): void {
  if (!isUpkiService(server)) return
  const wrongKey = keyType !== undefined && !isUpkiKeyType(keyType)
  const wildcard = names.find((name) => name.startsWith('*.'))
  if (!wrongKey && !wildcard && names.length <= maxUpkiNames) return
  throw new Failure('usage', {
    en: `The UPKI service takes at most ${maxUpkiNames} names, no wildcards, and keys of rsa2048 or p384 only; it would say so after the challenges.`,
    ja: `UPKI のサービスが受け付けるのは ${maxUpkiNames} 個までの名前 (ワイルドカード不可) と、rsa2048 か p384 の鍵だけです (拒否されるのはチャレンジの後になります)。`,
  })
}

const maxUpkiNames = 8

/** The name the certificate is kept under. A wildcard's is the domain, as certbot has it. */
export function chooseCertName({ certName, domains }: CertonlyOptions): string {
  const name = certName ?? domains?.[0]?.replace(/^\*\./, '')
  if (name) return parseCertName(name)
  throw new Failure('usage', {
    en: 'Which names? Give -d www.example.ac.jp, once for each, or --cert-name of an order under way.',
    ja: '名前がありません。-d www.example.ac.jp のように指定するか、進行中の注文の --cert-name を指定してください。',
  })
}

/**
 * @param pending settings of the order under way, used where options are silent
 * @throws Failure (usage) for what is missing or contradicts that order
 */
export async function readRequest(
  options: CertonlyOptions,
  pending: OrderRecord | undefined,
): Promise<CertificateRequest> {
  const csr = options.csr === undefined ? undefined : await readForeignCsr(options.csr, options.domains)
  const names = namesOf(options, csr, pending)
  const server = readServer(options, pending)
  const keyType = csr?.keyType ?? readKeyType(options)
  checkForUpki({ names, server, keyType })
  const caFile = options.caFile ? resolve(options.caFile) : pending?.caFile
  return {
    names,
    server,
    csr,
    keyType,
    software: options.software ?? pending?.software,
    caFile,
    trustedCas: caFile && (await readCaFile(caFile)),
    accountId: options.eabKid ? accountId(server, options.eabKid) : options.account,
  }
}

function namesOf(
  { domains }: CertonlyOptions,
  csr: ForeignCsr | undefined,
  pending: OrderRecord | undefined,
) {
  const names = csr?.names ?? domains ?? pending?.names
  if (names) return names
  throw withoutNames
}

function readServer({ server, allowHttp }: CertonlyOptions, pending: OrderRecord | undefined): URL {
  const address = server ?? pending?.server
  if (!address) throw withoutServer
  // An order was placed there before, so http was allowed.
  return parseDirectoryUrl(address, allowHttp === true || address === pending?.server)
}

const withoutNames = new Failure('usage', {
  en: 'There is no order under way for this certificate name. Give the names: -d www.example.ac.jp, once for each.',
  ja: 'この証明書名の進行中の注文はありません。-d www.example.ac.jp のように名前を指定してください。',
})

const withoutServer = new Failure('usage', {
  en: 'Which server? Give --server with the directory URL, such as https://upki.example.ac.jp/acme/directory.',
  ja: 'サーバの指定がありません。--server にディレクトリ URL (例: https://upki.example.ac.jp/acme/directory) を指定してください。',
})
