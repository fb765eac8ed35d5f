/** After a certificate was seen on the wire the gateway is told, so that the one before can be revoked. */
import { readFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import type { Directories } from '../../keystore/directories.js'
import type { Lineage } from '../../keystore/lineages.js'
import { readState, updateState } from '../../renewal/deployment-state.js'
import type { RenewalParameters } from '../../renewal/renewal-config.js'
import { openSession } from '../certonly/open-session.js'
import { openTransport } from '../certonly/open-transport.js'
import type { Context } from '../command-spec.js'
import { explainError } from '../explain-error.js'

const answerSchema = z.object({ seenLive: z.boolean(), replaced: z.optional(z.string()) })

/** Who ordered the certificate, and where. */
export type OrderedBy = Pick<RenewalParameters, 'server' | 'account' | 'caFile'>

/**
 * The same for a certificate that no installer brings to its server: it is looked for where `--check` says.
 *
 * @throws Failure when another one is shown there
 */
export async function confirmDeployed(
  directories: Directories,
  lineage: Lineage,
  parameters: RenewalParameters,
  context: Context,
): Promise<void> {
  if (parameters.check) {
    const { lookForLineage } = await import('../../installers/look-deployed.js')
    await lookForLineage(directories, lineage, { place: parameters.check, now: context.now() })
  }
  await confirmSeen(directories, lineage.name, parameters, context)
}

/** Tells when there is something to tell. What cannot be told now is told by a later run. */
export async function confirmSeen(
  directories: Directories,
  name: string,
  parameters: OrderedBy | undefined,
  context: Context,
): Promise<void> {
  const { confirm, seen } = await readState(directories, name)
  if (!confirm || !parameters || seen?.serial !== confirm.serial) return
  try {
    const replaced = await tell(directories, parameters, confirm.url, context)
    await updateState(directories, name, { confirm: undefined })
    if (replaced)
      context.reporter.say({
        en: `${name}: the gateway was told that the new certificate is in use; the old one will be revoked.`,
        ja: `${name}: 新しい証明書の使用開始をゲートウェイに伝えました。古い証明書は失効されます。`,
      })
  } catch (error) {
    if (context.signal.aborted) throw error
    const { text } = explainError(error)
    context.reporter.warn({
      en: `${name}: the gateway could not be told that the new certificate is in use; the next renew tries again. ${text.en}`,
      ja: `${name}: 新しい証明書の使用開始をゲートウェイに伝えられませんでした。次の renew で再試行します。${text.ja}`,
    })
  }
}

async function tell(directories: Directories, parameters: OrderedBy, url: string, context: Context) {
  const server = parseDirectoryUrl(parameters.server, true)
  const trustedCas = parameters.caFile && (await readFile(parameters.caFile, 'utf8'))
  const transport = openTransport(directories, { server, trustedCas }, context)
  try {
    const wish = { id: parameters.account, agreeTos: false }
    const { session } = await openSession(directories, server, transport, wish)
    return (await session.post(url, answerSchema, { seenLive: true })).value.replaced
  } finally {
    await transport.close()
  }
}
