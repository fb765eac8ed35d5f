/** Decisions about what is there already: an order under way, a certificate in place. Pure. */
import type { OrderRecord } from '../../keystore/pending-order.js'
import { sameNames } from '../../keystore/check-certificate.js'
import type { KeyType } from '../../keystore/certificate-key.js'
import type { Lineage } from '../../keystore/lineages.js'
import { isLastThird } from '../../renewal/due.js'
import { Failure } from '../../terminal/failure.js'
import type { CertificateRequest } from './request.js'

/** @throws Failure (usage) when the order under way is for something else than is asked for now */
export function checkSameOrder(record: OrderRecord, request: CertificateRequest, certName: string): void {
  const same =
    sameNames(record.names, request.names) &&
    record.server === request.server.href &&
    (request.keyType ?? record.keyType) === record.keyType &&
    (request.accountId ?? record.accountId) === record.accountId
  if (same) return
  const held = `${record.names.join(', ')} (${record.keyType}, ${record.server}, ${record.orderedAt})`
  throw new Failure('usage', {
    en: `An order for something else is under way as ${certName}: ${held}. Wait for it with "upki-client certonly --cert-name ${certName}", choose another --cert-name, or give it up with --abandon-order.`,
    ja: `${certName} では別の内容の注文が進行中です: ${held}。"upki-client certonly --cert-name ${certName}" で完了を待つか、別の --cert-name を使うか、--abandon-order で取り下げてください。`,
  })
}

export interface Wishes {
  forceRenewal?: boolean
  renewWithNewDomains?: boolean
  now: Date
}

/**
 * Whether the certificate in place serves, so that nothing has to be ordered.
 *
 * @throws Failure (usage) when it is for other names and may not be replaced
 */
export function mayKeep(lineage: Lineage, request: CertificateRequest, wishes: Wishes): boolean {
  if (!sameNames(lineage.names, request.names)) {
    if (wishes.renewWithNewDomains) return false
    throw otherNames(lineage)
  }
  if (wishes.forceRenewal) return false
  const fits = request.keyType === undefined || lineage.keyType === keyTypeNames[request.keyType]
  return fits && !isLastThird(lineage, wishes.now)
}

const keyTypeNames: Record<KeyType, string> = {
  rsa2048: 'RSA 2048',
  rsa3072: 'RSA 3072',
  rsa4096: 'RSA 4096',
  p256: 'P-256',
  p384: 'P-384',
}

const otherNames = ({ name, names }: Lineage) =>
  new Failure('usage', {
    en: `The certificate ${name} is for other names: ${names.join(', ')}. Choose another --cert-name, or replace it with --renew-with-new-domains.`,
    ja: `証明書 ${name} は別の名前のものです: ${names.join(', ')}。別の --cert-name を使うか、--renew-with-new-domains で置き換えてください。`,
  })
