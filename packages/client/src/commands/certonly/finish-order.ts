/** From an order under way to files in place: wait, download, check, install, forget the order. */
import type { X509Certificate } from 'node:crypto'
import { parseChain } from '../../acme/certificate-chain.js'
import { completeOrder, downloadChain, type Waiting } from '../../acme/order.js'
import { proveNames, type Prover } from '../../acme/prove-names.js'
import type { Order } from '../../acme/schemas.js'
import type { Session } from '../../acme/session.js'
import { checkCertificate } from '../../keystore/check-certificate.js'
import { csrForFinalize } from '../../keystore/csr.js'
import type { Directories } from '../../keystore/directories.js'
import { installVersion, nextVersion } from '../../keystore/lineage.js'
import {
  removePendingOrder,
  saveChain,
  saveVersion,
  type PendingOrder,
} from '../../keystore/pending-order.js'
import { updateState } from '../../renewal/deployment-state.js'
import { readRenewalConfig, writeRenewalConfig } from '../../renewal/renewal-config.js'
import { Failure } from '../../terminal/failure.js'

/** Stores the chain as it came, before anything else is done with it. */
export async function collectCertificate(
  pending: PendingOrder,
  session: Session,
  { waiting, prover, preferredChain }: Collecting,
): Promise<PendingOrder> {
  const target = {
    url: pending.record.url,
    csr: csrForFinalize(pending.csr),
    prove: (order: Order) => proveNames(session, order, prover),
  }
  const order = await completeOrder(session, target, waiting)
  return saveChain(pending, await downloadChain(session, order, preferredChain), order.upki?.confirmInstalled)
}

export interface Collecting {
  waiting: Waiting
  prover: Prover
  preferredChain?: string
}

/** Puts the collected certificate in place. Run again after a crash it ends the same. */
export async function installCertificate(
  directories: Directories,
  certName: string,
  pending: PendingOrder,
  now: Date,
): Promise<void> {
  const chain = readCollected(pending, now)
  const number = pending.record.version ?? (await nextVersion(directories, certName))
  const numbered = await saveVersion(pending, number)
  await installVersion(directories, certName, { number, privateKey: pending.privateKey, chain })
  const { server, accountId: account, keyType, caFile, software, settings } = pending.record
  const before = await readRenewalConfig(directories, certName)
  await writeRenewalConfig(directories, certName, {
    ...before,
    ...settings,
    ...{ server, account, keyType, caFile, software },
  })
  const { confirmUrl: url } = pending.record
  const serial = chain[0]?.serialNumber ?? ''
  // Whoever is killed from here on leaves a certificate in place that nobody was told of.
  await updateState(directories, certName, { undelivered: serial, ...(url && { confirm: { url, serial } }) })
  await removePendingOrder(numbered)
}

/** The chain that was collected, checked. @throws Failure */
export function readCollected(pending: PendingOrder, now: Date): X509Certificate[] {
  const chain = parseChain(pending.chain ?? '')
  checkUsable(chain, pending, now)
  return chain
}

/** Whether a chain was collected, and is good. */
export function hasUsableChain(pending: PendingOrder, now: Date): boolean {
  try {
    return pending.chain !== undefined && readCollected(pending, now).length > 0
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

function checkUsable(
  chain: X509Certificate[],
  { record, privateKey, folder }: PendingOrder,
  now: Date,
): void {
  const { names, spkiSha256 } = record
  const reasons = checkCertificate(chain, { privateKey, spkiSha256, names, now })
  if (reasons.length === 0) return
  const list = (language: 'en' | 'ja') => reasons.map((reason) => `\n  - ${reason[language]}`).join('')
  throw new Failure('failed', {
    en: `The certificate that came cannot be used, so nothing was changed:${list('en')}\nIt is kept in ${folder}. The same command asks for it once more; if it stays so, tell the operator of the server. --abandon-order begins anew.`,
    ja: `届いた証明書は使えないため、何も変更していません:${list('ja')}\n${folder} に保存してあります。同じコマンドでもう一度取得を試みます。続くようならサーバの運用者に知らせてください。新しく注文するには --abandon-order を付けます。`,
  })
}
