/** `status`: how far each certificate came. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { chooseDirectories } from '../../keystore/directories.js'
import { listLineages, type Lineage, type UnreadableLineage } from '../../keystore/lineages.js'
import { listOrders } from '../../keystore/order-summaries.js'
import { readState, type DeploymentState } from '../../renewal/deployment-state.js'
import { renderInstant } from '../../terminal/duration.js'
import type { Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import type { Context } from '../command-spec.js'
import type { StatusOptions } from './options.js'

interface Row {
  name: string
  notAfter?: Date
  expired: boolean
  installed: boolean
  seen: boolean
  /** A newer version is issued and not installed yet. */
  waiting: boolean
  ordered: boolean
  failures: number
  lastError?: string
  nextTry?: string
}

export async function runStatus(options: StatusOptions, context: Context): Promise<Outcome> {
  if (options.check !== undefined || options.certPath !== undefined)
    return (await import('./check-live.js')).runCheck(options, context)
  const { reporter, now } = context
  const { configDir, workDir, logsDir, certName } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  const wanted = ({ name }: { name: string }) => certName === undefined || name === certName
  const lineages = (await listLineages(directories)).filter(wanted)
  const orders = new Set((await listOrders(directories)).filter(wanted).map(({ name }) => name))
  const described = lineages.map(async (lineage) =>
    describe(lineage, await readState(directories, lineage.name), orders.has(lineage.name), now()),
  )
  const rows = await Promise.all(described)
  reporter.result({ en: render(rows, 'en'), ja: render(rows, 'ja') }, { certificates: rows })
  return rows.some(({ expired, failures }) => expired || failures > 0) ? 'failed' : 'done'
}

function describe(
  lineage: Lineage | UnreadableLineage,
  state: DeploymentState,
  ordered: boolean,
  now: Date,
): Row {
  const { failures = 0, lastError, nextTry, waiting } = state
  const common = { name: lineage.name, waiting: waiting !== undefined, ordered, nextTry }
  if ('problem' in lineage)
    return {
      ...common,
      expired: false,
      installed: false,
      seen: false,
      failures: 1,
      lastError: lineage.problem,
    }
  const { serial, notAfter } = lineage
  const installed = state.installed?.serial === serial
  const seen = state.seen?.serial === serial
  return { ...common, notAfter, expired: notAfter <= now, installed, seen, failures, lastError }
}

function render(rows: readonly Row[], language: keyof Bilingual): string {
  if (rows.length === 0) return { en: 'There are no certificates.', ja: '証明書はありません。' }[language]
  return rows.map((row) => renderRow(row, language)).join('\n')
}

function renderRow(row: Row, language: keyof Bilingual): string {
  const facts: [boolean, Bilingual][] = [
    [row.expired, { en: 'EXPIRED', ja: '期限切れ' }],
    [row.seen, { en: 'seen on the wire', ja: 'TLS で確認済み' }],
    [row.installed && !row.seen, { en: 'installed, not yet seen', ja: '設置済み (未確認)' }],
    [!row.installed, { en: 'issued, not installed by upki-client', ja: '発行済み (upki-client では未設置)' }],
    [row.waiting, { en: 'a newer one waits to be installed', ja: '新しい版が設置待ち' }],
    [row.ordered, { en: 'an order is under way', ja: '注文が進行中' }],
  ]
  const told = facts.filter(([holds]) => holds).map(([, text]) => text[language])
  const until = row.notAfter ? ` (${renderInstant(row.notAfter)})` : ''
  const failure = row.failures > 0 ? `\n  ${row.failures}× ${printable(row.lastError ?? '', 300)}` : ''
  return `${row.name}: ${told.join(', ')}${until}${failure}`
}
