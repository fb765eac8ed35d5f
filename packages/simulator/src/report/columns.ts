/**
 * The 46 columns of serverAll.tsv and clientAll.tsv: docs/issuance-system.md, "Reports".
 *
 * The order is known; of the headings only those of 1, 4, 12, 23 and 24 are. The others
 * are worded here in their manner.
 */
import { columnNumber, type Cells } from '../applications/layouts.js'
import { parseSerial } from '../applications/serial.js'
import type { Application, Status } from '../registry/application.js'

type Source = (application: Application, cells: Cells) => string
type ReportColumn = readonly [heading: string, value: Source]

/** 4 to 7 are known; 1 stands for the unknown number of a row still in work. */
const statusNumbers: Record<Status, string> = {
  'in-work': '1',
  'waiting-for-download': '4',
  issued: '5',
  replaced: '6',
  revoked: '7',
}

const downloadDays = 30
const dayMs = 86_400_000
const japanOffsetMs = 9 * 3_600_000

/** `YYYY/MM/DD HH:MM:SS` in Japan; '' for no time. */
function japanTime(at: number | undefined): string {
  if (at === undefined) return ''
  const iso = new Date(at + japanOffsetMs).toISOString()
  return `${iso.slice(0, 4)}/${iso.slice(5, 7)}/${iso.slice(8, 10)} ${iso.slice(11, 19)}`
}

const empty: Source = () => ''

const downloadMethod = ({ kind }: Application, cells: Cells) =>
  columnNumber(kind, 'accessPin') > 0 ? cells.third : ''

export const reportColumns: readonly ReportColumn[] = [
  ['発行・更新申請-申請ID', ({ applicationId }) => applicationId],
  ['発行・更新申請-操作ID', ({ uploadId }) => uploadId],
  ['無効フラグ', () => '0'],
  ['主体者DN', (_, { subjectDn }) => subjectDn],
  ['ドメインID', empty],
  ['発行・更新申請-日時', ({ acceptedAt }) => japanTime(acceptedAt)],
  ['発行・更新申請-完了日時', ({ completedAt }) => japanTime(completedAt)],
  ['発行・更新申請-登録担当者ID', ({ organisationId }) => organisationId],
  ['申請区分', ({ kind }) => (kind.endsWith('-renew') ? '2' : '1')],
  ['処理モデル', empty],
  ['証明書プロファイルID', (_, { profileId }) => profileId],
  ['状態', ({ status }) => statusNumbers[status]],
  ['利用管理者氏名', (_, { managerName }) => managerName],
  ['利用管理者所属', (_, { managerDepartment }) => managerDepartment],
  ['利用管理者E-mail', (_, { managerMail }) => managerMail],
  ['利用管理者FQDN', (_, { fqdn }) => fqdn],
  ['利用管理者ソフトウェア名等', (_, { software }) => software],
  ['CSR', (_, { csr }) => csr],
  ['dNSName', (_, { dnsNames }) => dnsNames],
  ['確認済フラグ', empty],
  ['トランザクションID', empty],
  ['APIエラーコード', empty],
  ['証明書', ({ issued }) => issued?.certificate ?? ''],
  ['発行・更新申請-シリアル番号', ({ issued }) => issued?.serial ?? ''],
  ['フィンガープリント', empty],
  ['有効期間開始日', ({ issued }) => japanTime(issued?.notBefore)],
  ['有効期間終了日', ({ issued }) => japanTime(issued?.notAfter)],
  [
    'ダウンロードURL有効期限',
    ({ completedAt, issued }) => (issued && completedAt ? japanTime(completedAt + downloadDays * dayMs) : ''),
  ],
  ['アクセスPIN', ({ issued }) => issued?.accessPin ?? ''],
  ['通知先E-mail1', (_, { userMail }) => userMail],
  ['通知先E-mail2', empty],
  ['失効申請-申請ID', ({ revocation }) => revocation?.applicationId ?? ''],
  ['失効申請-操作ID', empty],
  ['失効申請-日時', ({ revocation }) => japanTime(revocation?.acceptedAt)],
  ['失効申請-完了日時', ({ revocation }) => japanTime(revocation?.completedAt)],
  ['失効申請-登録担当者ID', ({ revocation, organisationId }) => (revocation ? organisationId : '')],
  ['失効理由', ({ revocation }) => revocation?.reason ?? ''],
  ['失効理由コメント', ({ revocation }) => revocation?.comment ?? ''],
  ['確認フラグ', empty],
  ['CAトランザクションID', empty],
  ['CAエラーコード', empty],
  ['失効申請-E-mail', ({ revocation }) => revocation?.mail ?? ''],
  [
    '旧証明書シリアル番号',
    ({ kind }, { serial }) => (kind.endsWith('-renew') ? (parseSerial(serial) ?? '') : ''),
  ],
  ['入替通知フラグ', empty],
  ['ダウンロード方法', downloadMethod],
  [
    '最終更新日時',
    ({ acceptedAt, completedAt, revocation }) =>
      japanTime(revocation?.completedAt ?? revocation?.acceptedAt ?? completedAt ?? acceptedAt),
  ],
]
