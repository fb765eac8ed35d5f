/** One data table per kind of application. The marks read like the manual's: ● required, ○ optional, – empty. */
import type { ApplicationKind } from '../application/kind.js'
import { acmeLayout, clientLayout, serverLayout } from './layouts.js'
import type { Certainty, ColumnSpec, ColumnUse, KindTable, KindTables } from './kind-table.js'

/** Profiles by family. Source: docs/upki-tsv.md, "Column 2: Profiles and keys". */
const serverProfiles = ['3', '11']
const clientProfiles = ['5', '13', '14']
const smimeProfiles = ['7', '15', '16']

const uses: Record<string, ColumnUse> = { '●': 'required', '○': 'optional', '–': 'empty' }

interface Family {
  layout: readonly ColumnSpec[]
  profiles: readonly string[]
  versionDate: string
  source: string
  certainty: Certainty
}

const server: Family = {
  layout: serverLayout,
  profiles: serverProfiles,
  versionDate: '2022-07-26',
  source: "the service's manual and FAQ",
  certainty: 'sure',
}
const client: Family = {
  ...server,
  layout: clientLayout,
  profiles: clientProfiles,
  versionDate: '2018-07-09',
}
const smime: Family = { ...client, profiles: smimeProfiles, versionDate: '2023-08-30' }
const acme: Family = {
  ...server,
  layout: acmeLayout,
  versionDate: '2025-10',
  source: 'practice of 2025',
  certainty: 'likely',
}
const subscriber: Family = {
  ...server,
  profiles: [],
  versionDate: '2015-02-13',
  source: 'not published; guessed from the common layout',
  certainty: 'unknown',
}

function tableOf(
  kind: ApplicationKind,
  family: Family,
  [ja, en]: [string, string],
  marks: string,
): KindTable {
  const { layout, ...facts } = family
  const columns = layout.map((column, index) => ({
    number: index + 1,
    use: uses[marks[index] ?? ''] ?? 'empty',
    ...column,
  }))
  return { kind, title: { ja, en }, ...facts, columns }
}

const tables: readonly KindTable[] = [
  tableOf('server-issue', server, ['サーバ証明書 発行申請', 'server certificate, issue'], '●●––––●○○●●●○'),
  tableOf('server-renew', server, ['サーバ証明書 更新申請', 'server certificate, renew'], '●●–●––●○○●●●○'),
  tableOf('server-revoke', server, ['サーバ証明書 失効申請', 'server certificate, revoke'], '●––●●○–––○–––'),
  tableOf(
    'client-issue',
    client,
    ['クライアント証明書 発行申請', 'client certificate, issue'],
    '●●●––––●○●●○○●○',
  ),
  tableOf(
    'client-renew',
    client,
    ['クライアント証明書 更新申請', 'client certificate, renew'],
    '●●●●–––●○●●○○●○',
  ),
  tableOf(
    'client-revoke',
    client,
    ['クライアント証明書 失効申請', 'client certificate, revoke'],
    '●––●●○–––○–––○–',
  ),
  tableOf('smime-issue', smime, ['S/MIME証明書 発行申請', 'S/MIME certificate, issue'], '●●●––––●○●●○○●○'),
  tableOf('smime-renew', smime, ['S/MIME証明書 更新申請', 'S/MIME certificate, renew'], '●●●●–––●○●●○○●○'),
  tableOf('smime-revoke', smime, ['S/MIME証明書 失効申請', 'S/MIME certificate, revoke'], '●––●●○–––○–––○–'),
  tableOf('acme-create', acme, ['ACME利用情報作成申請', 'ACME use, create'], '●●–––––○○●●●○'),
  tableOf('acme-renew', acme, ['ACMEアカウント更新申請', 'ACME account, renew'], '●●●––––○○●●●○'),
  tableOf('acme-suspend', acme, ['ACMEアカウント停止申請', 'ACME account, suspend'], '○–●–●○–––○–––'),
  tableOf('acme-revoke', acme, ['ACME証明書 失効申請', 'ACME certificate, revoke'], '●––●●○–––○–––'),
  tableOf(
    'subscriber-update',
    subscriber,
    ['利用管理者情報更新申請', 'subscriber data, update'],
    '●––●–––○○○–○–',
  ),
]

export const kindTables = Object.fromEntries(tables.map((table) => [table.kind, table])) as KindTables
