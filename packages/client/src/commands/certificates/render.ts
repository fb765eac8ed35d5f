/** The list as people read it, laid out as certbot's. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { Directories } from '../../keystore/directories.js'
import type { Lineage, UnreadableLineage } from '../../keystore/lineages.js'
import type { OrderSummary } from '../../keystore/order-summaries.js'
import { renderInstant } from '../../terminal/duration.js'
import { printable } from '../../terminal/printable.js'

export interface Validity {
  status: 'valid' | 'expired'
  /** Whole days until the end; negative after it. */
  daysLeft: number
}

export function validity({ notAfter }: Lineage, now: Date): Validity {
  const daysLeft = Math.floor((notAfter.getTime() - now.getTime()) / 86_400_000)
  return { status: daysLeft < 0 ? 'expired' : 'valid', daysLeft }
}

export function renderList(
  lineages: readonly (Lineage | UnreadableLineage)[],
  orders: readonly OrderSummary[],
  { now, directories }: { now: Date; directories: Directories },
): Bilingual {
  if (lineages.length + orders.length === 0) return nothing(directories)
  const render = (language: keyof Bilingual) =>
    [
      ...lineages.map((lineage) => renderLineage(lineage, now, labels[language])),
      ...orders.map((order) => renderOrder(order, labels[language])),
    ].join('\n')
  return { en: render('en'), ja: render('ja') }
}

type Labels = (typeof labels)[keyof Bilingual]

function renderLineage(lineage: Lineage | UnreadableLineage, now: Date, label: Labels): string {
  if ('problem' in lineage) return block(label.name, lineage.name, [[label.problem, lineage.problem]])
  const { status, daysLeft } = validity(lineage, now)
  const end = status === 'valid' ? label.valid(daysLeft) : label.expired
  return block(label.name, lineage.name, [
    [label.serial, lineage.serial],
    [label.keyType, lineage.keyType],
    [label.domains, lineage.names.join(' ')],
    [label.subject, [...lineage.subject].reverse().join(',')],
    [label.expiry, `${renderInstant(lineage.notAfter)} (${end})`],
    [label.certificate, lineage.paths.fullchain],
    [label.privateKey, lineage.paths.privkey],
  ])
}

const renderOrder = ({ name, names, orderedAt, server }: OrderSummary, label: Labels) =>
  block(label.order, name, [
    [label.domains, names.join(' ')],
    [label.orderedAt, orderedAt],
    [label.server, server],
  ])

const block = (title: string, name: string, lines: [string, string][]) =>
  [`${title}: ${name}`, ...lines.map(([label, value]) => `  ${label}: ${printable(value, 2000)}`)].join('\n')

const nothing = ({ config }: Directories): Bilingual => ({
  en: `No certificates in ${config}, and no orders under way.`,
  ja: `${config} に証明書はなく、進行中の注文もありません。`,
})

const labels = {
  en: {
    name: 'Certificate Name',
    serial: 'Serial Number',
    keyType: 'Key Type',
    domains: 'Domains',
    subject: 'Subject',
    expiry: 'Expiry Date',
    certificate: 'Certificate Path',
    privateKey: 'Private Key Path',
    problem: 'Cannot be read',
    order: 'Order under way',
    orderedAt: 'Ordered',
    server: 'Server',
    valid: (days: number) => `VALID: ${days} days`,
    expired: 'EXPIRED',
  },
  ja: {
    name: '証明書名',
    serial: 'シリアル番号',
    keyType: '鍵の種類',
    domains: '名前',
    subject: '主体者 DN',
    expiry: '有効期限',
    certificate: '証明書のパス',
    privateKey: '秘密鍵のパス',
    problem: '読めません',
    order: '進行中の注文',
    orderedAt: '注文日時',
    server: 'サーバ',
    valid: (days: number) => `有効: 残り ${days} 日`,
    expired: '期限切れ',
  },
}
