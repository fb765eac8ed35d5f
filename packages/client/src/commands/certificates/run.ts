/** `certificates`: what is there, and what is on its way. */
import { chooseDirectories, type Directories } from '../../keystore/directories.js'
import { listLineages, type Lineage, type UnreadableLineage } from '../../keystore/lineages.js'
import { listOrders, type OrderSummary } from '../../keystore/order-summaries.js'
import type { Outcome } from '../../terminal/failure.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { renderList, validity } from './render.js'

export interface CertificatesOptions extends CommonOptions {
  certName?: string
}

export async function runCertificates(options: CertificatesOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir, certName } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  const wanted = ({ name }: { name: string }) => certName === undefined || name === certName
  const lineages = (await listLineages(directories)).filter(wanted)
  const orders = (await listOrders(directories)).filter(wanted)
  report(context, lineages, orders, directories)
  return lineages.some((lineage) => 'problem' in lineage) ? 'failed' : 'done'
}

function report(
  context: Context,
  lineages: (Lineage | UnreadableLineage)[],
  orders: OrderSummary[],
  directories: Directories,
): void {
  const now = context.now()
  const certificates = lineages.map((lineage) =>
    'problem' in lineage ? lineage : { ...lineage, ...validity(lineage, now) },
  )
  context.reporter.result(renderList(lineages, orders, { now, directories }), { certificates, orders })
}
