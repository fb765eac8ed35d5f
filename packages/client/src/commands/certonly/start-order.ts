/** Placing an order: what it asks for, the key and CSR it gets, all stored before finalize. */
import { checkNotInvalid, placeOrder, type PlacedOrder } from '../../acme/order.js'
import { checkProvable, type Prover } from '../../acme/prove-names.js'
import type { Directory, Order } from '../../acme/schemas.js'
import type { Session } from '../../acme/session.js'
import { generateCertificateKey, isUpkiKeyType, type KeyType } from '../../keystore/certificate-key.js'
import { createCsr } from '../../keystore/csr.js'
import type { Directories } from '../../keystore/directories.js'
import { savePendingOrder, type PendingOrder } from '../../keystore/pending-order.js'
import { Failure } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import type { OpenSession } from './open-session.js'
import type { CertificateRequest } from './request.js'

export interface OrderStart {
  directories: Directories
  certName: string
  open: OpenSession
  request: CertificateRequest
  prover: Prover
  /** Options that renewals repeat. */
  settings: Record<string, string>
  context: Context
}

export async function startOrder(start: OrderStart): Promise<PendingOrder> {
  const { directories, certName, open, request, context, settings } = start
  const placed = await order(open.session, request, start.prover)
  const keyType = chooseKeyType(placed.order, request)
  tellSubject(placed.order, context)
  const { privateKey, csr } = request.csr
    ? { privateKey: '', csr: request.csr.pem }
    : await makeRequest(request.names, keyType, placed.order)
  const { names, software, caFile, server } = request
  return savePendingOrder(directories, certName, {
    privateKey,
    csr,
    record: {
      server: server.href,
      accountId: open.accountId,
      url: placed.url,
      names: [...names],
      keyType,
      spkiSha256: request.csr?.spkiSha256,
      caFile,
      software,
      settings,
      orderedAt: context.now().toISOString(),
    },
  })
}

async function makeRequest(names: readonly string[], keyType: KeyType, { upki }: Order) {
  const privateKey = await generateCertificateKey(keyType)
  return { privateKey, csr: await createCsr({ names, keyType, privateKey, subject: upki?.subject }) }
}

async function order(session: Session, request: CertificateRequest, prover: Prover): Promise<PlacedOrder> {
  const { names, keyType, software } = request
  const placed = await placeOrder(session, {
    names,
    profile: offeredProfile(session.directory, keyType),
    software: session.directory.meta?.upki && software,
  })
  checkNotInvalid(placed.order)
  await checkProvable(session, placed.order, prover)
  return placed
}

/** A profile is asked for by name only where the directory has it; the server's choice otherwise. */
export function offeredProfile({ meta }: Directory, keyType: KeyType | undefined): string | undefined {
  return keyType && meta?.profiles && Object.hasOwn(meta.profiles, keyType) ? keyType : undefined
}

/** UPKI refuses the wrong key type only after everything else was done, so it is compared before. */
export function chooseKeyType({ upki }: Order, { keyType }: CertificateRequest): KeyType {
  const wanted = upki?.keyType
  if (!wanted || !keyType || wanted === keyType) return wanted ?? keyType ?? 'rsa2048'
  if (!isUpkiKeyType(keyType)) throw notForUpki(keyType)
  throw new Failure('failed', {
    en: `This account gets certificates for ${wanted} keys (UPKI profile ${upki.profileId}), not ${keyType}. Leave --key-type out, or ask the registration authority operator for a credential for ${keyType}.`,
    ja: `このアカウントで発行できるのは ${wanted} の鍵 (UPKI プロファイル ${upki.profileId}) の証明書で、${keyType} ではありません。--key-type を外すか、${keyType} 用の EAB を登録担当者に依頼してください。`,
  })
}

const notForUpki = (keyType: KeyType) =>
  new Failure('usage', {
    en: `UPKI takes keys of rsa2048 or p384 only, not ${keyType}.`,
    ja: `UPKI が受け付ける鍵は rsa2048 か p384 だけです (${keyType} は不可)。`,
  })

function tellSubject({ upki }: Order, { reporter }: Context): void {
  if (!upki) return
  const { CN, O, L, ST, C } = upki.subject
  const subject = `CN=${CN},O=${O},L=${L},ST=${ST},C=${C}`
  reporter.say({ en: `Subject of the certificate: ${subject}`, ja: `証明書の主体者 DN: ${subject}` })
}
