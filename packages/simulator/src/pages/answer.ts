/** The answer to an upload: what was registered, or what is wrong. docs/issuance-system.md, "Answer". */
import type { Kind, Screen } from '../applications/kinds.js'
import { cellsOf } from '../applications/layouts.js'
import { faultText, type Fault } from '../checks/errors.js'
import type { CheckedRow } from '../checks/upload.js'
import type { Organisation } from '../organisations/organisation.js'
import { escapeHtml, page, table } from './html.js'

const uploaded = '<p>ファイルのアップロード処理が完了しました。</p>'

const mailLines = [
  '利用管理者に証明書発行受付通知メールが送信されます。',
  '証明書取得後、登録担当者に取得通知メールが送信されます。',
  '失効申請の場合は、失効完了通知メールが送信されます。',
]
  .map((line) => `<p>${line}</p>`)
  .join('\n')

/** 発行 and 更新 share a heading; other kinds of work name themselves. */
function workNames({ applyTypes }: Screen, kind: Kind): string {
  const all = Object.values(applyTypes)
  const ofCertificates = all.filter(
    (type) => /-(?:issue|renew)$/.test(type.kind) && type.kind !== 'acme-renew',
  )
  const own = all.filter((type) => type.kind === kind)
  return (ofCertificates.some((type) => type.kind === kind) ? ofCertificates : own)
    .map(({ label }) => label)
    .join('・')
}

export interface Answer {
  screen: Screen
  kind: Kind
  organisation: Organisation
  rows: readonly CheckedRow[]
}

const resultOf = ({ faults }: CheckedRow) => (faults.length === 0 ? 'OK' : 'NG')
const faultsOf = (faults: readonly Fault[]) =>
  faults.map((fault) => escapeHtml(faultText(fault))).join('<br>')

/** Every row was registered. */
export function completionPage({ screen, kind, organisation, rows }: Answer): string {
  const lines = rows.map((row) => {
    const { managerDepartment, managerName, managerMail } = cellsOf(kind, row.fields)
    const texts = [organisation.organizationName, managerDepartment, managerName, managerMail]
    return [String(row.seq), resultOf(row), '', ...texts.map(escapeHtml)]
  })
  const headings = ['SEQ', '処理結果', 'エラー内容', '機関名', '所属名', '氏名', 'メールアドレス']
  return page(
    `<h2>${screen.title} ${workNames(screen, kind)}申請完了画面</h2>\n${uploaded}\n${mailLines}\n${table(headings, lines)}`,
  )
}

const errorHeading = ({ title, applyTypes }: Screen) =>
  `<h2>${title} ${Object.values(applyTypes)
    .map(({ label }) => label)
    .join('・')}申請エラー画面</h2>`

const errorHeadings = ['SEQ', '処理結果', 'エラー内容']

/**
 * Some rows have faults. With `isRegistered` the others were registered and are listed
 * as OK; without, nothing was, and only the faulty ones are listed.
 */
export function errorPage({ screen, rows }: Answer, isRegistered: boolean): string {
  const lines = rows
    .filter(({ faults }) => isRegistered || faults.length > 0)
    .map((row) => [String(row.seq), resultOf(row), faultsOf(row.faults)])
  return page(`${errorHeading(screen)}\n${isRegistered ? `${uploaded}\n` : ''}${table(errorHeadings, lines)}`)
}

/** The file as a whole was refused: one line without SEQ. */
export const fileErrorPage = (screen: Screen, fault: Fault): string =>
  page(`${errorHeading(screen)}\n${table(errorHeadings, [['-', 'NG', faultsOf([fault])]])}`)
