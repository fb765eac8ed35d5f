/**
 * Errors of the upload check, as the answer page words them.
 *
 * Numbers up to 371 and their texts are the real service's. The service has texts
 * without a public number, and rules without a public text: these have numbers from
 * 900, which are the simulator's own (docs/issuance-system.md, "Error codes").
 */
import { columnNumber, type ColumnId } from '../applications/layouts.js'
import type { Kind } from '../applications/kinds.js'

type Text = (item: string, limit: number) => string

interface ErrorRow {
  code: number
  text: Text
}

const fixed = (code: number, text: string): ErrorRow => ({ code, text: () => text })

const errors = {
  required: { code: 201, text: (item) => `${item}は入力必須項目です。` },
  tooLong: { code: 202, text: (item, limit) => `${item}は${limit}桁以内で入力してください。` },
  digitsOnly: { code: 204, text: (item) => `${item}は半角数字以外の文字が含まれています。` },
  commentCharacter: fixed(205, '失効理由コメントは不正な文字が含まれています。'),
  dnForm: { code: 206, text: (item) => `${item}がDN情報のフォーマットに準じていません。` },
  mailForm: { code: 206, text: (item) => `${item}はメール形式ではありません。` },
  fileMissing: fixed(208, '指定したファイルは存在しません。'),
  fileExtension: fixed(209, '指定したファイルの拡張子が不正です。'),
  dnTaken: fixed(212, '指定したDNはすでに存在しています。'),
  fileEmpty: fixed(213, '申請ファイルに入力がありません。'),
  tooManyRows: fixed(214, 'ファイル内のレコードが指定件数を超えているため申請できません。'),
  organisationInactive: fixed(215, '機関状態が無効なため申請できません。'),
  organizationalUnit: fixed(371, '主体者DNのOUが許可リストとして登録された値と一致しません。'),
  // Real texts whose numbers are not public.
  domainNotAllowed: fixed(901, '対象のドメインは許可されていないため発行できません'),
  localityDiffers: fixed(902, '主体者DNのLが登録された値と一致しません'),
  stateDiffers: fixed(903, '主体者DNのSTが登録された値と一致しません'),
  // Rules whose texts are not public either.
  organizationDiffers: fixed(904, '主体者DNのOが登録された値と一致しません'),
  columnCount: { code: 905, text: (_item, limit) => `項目数が不正です。${limit}項目で入力してください。` },
  reserved: { code: 906, text: (item) => `${item}は予約済の項目のため入力できません。` },
  character: { code: 907, text: (item) => `${item}は使用できない文字が含まれています。` },
  profile: { code: 908, text: (item) => `${item}は指定できない値です。` },
  csrForm: { code: 909, text: (item) => `${item}の形式が不正です。` },
  csrSignature: { code: 910, text: (item) => `${item}の署名が検証できません。` },
  csrKey: { code: 911, text: (item) => `${item}の公開鍵が証明書プロファイルIDと一致しません。` },
  csrSubject: { code: 912, text: (item) => `${item}のDNが主体者DNと一致しません。` },
  fqdnDiffers: { code: 913, text: (item) => `${item}が主体者DNのCNと一致しません。` },
  hostForm: { code: 914, text: (item) => `${item}はホスト名の形式ではありません。` },
  dnsNameForm: { code: 915, text: (item) => `${item}の形式が不正です。` },
  tooManyNames: { code: 916, text: (item, limit) => `${item}は${limit}個以内で入力してください。` },
  nameTwice: { code: 917, text: (item) => `${item}に同じホスト名が含まれています。` },
  serialForm: { code: 918, text: (item) => `${item}は10進数または0xで始まる16進数で入力してください。` },
  targetUnknown: { code: 919, text: (item) => `${item}と主体者DNに該当する証明書が存在しません。` },
  alreadyRevoked: { code: 920, text: (item) => `${item}の証明書はすでに失効しています。` },
  reasonUnknown: { code: 921, text: (item) => `${item}は0、1、3、4、5のいずれかを入力してください。` },
  downloadType: { code: 922, text: (item) => `${item}は1、2、3のいずれかを入力してください。` },
  p12FileTaken: { code: 923, text: (item) => `${item}はすでに使用されています。` },
  userMailDiffers: { code: 924, text: (item) => `${item}が主体者DNのCNと一致しません。` },
  pinNotAllowed: { code: 925, text: (item) => `${item}はP12一括の場合のみ入力できます。` },
  accountUnknown: { code: 926, text: (item) => `${item}に該当するACMEアカウントが存在しません。` },
  applyType: fixed(927, '処理内容が不正です。'),
  quoted: { code: 928, text: (item) => `${item}は引用符で囲まないでください。` },
  csrAttribute: {
    code: 929,
    text: (item) => `${item}にチャレンジパスワードまたは任意の会社名が含まれています。`,
  },
  p12FileForm: { code: 930, text: (item) => `${item}はファイル名に使用できない文字が含まれています。` },
} as const satisfies Record<string, ErrorRow>

export type ErrorName = keyof typeof errors

/** One finding: about a column of a row, or about the file (column 0). */
export interface Fault {
  code: number
  column: number
  item: string
  message: string
}

const itemNames: Record<ColumnId, string> = {
  subjectDn: '主体者DN',
  profileId: '証明書プロファイルID',
  third: '予約済',
  serial: '失効対象証明書シリアル番号',
  reason: '失効理由',
  comment: '失効理由コメント',
  csr: 'CSR',
  managerName: '利用管理者氏名',
  managerDepartment: '利用管理者所属',
  managerMail: '利用管理者E-mail',
  fqdn: '利用管理者FQDN',
  software: '利用管理者ソフトウェア名等',
  dnsNames: 'dNSName',
  userName: '利用者氏名',
  p12FileName: 'P12ダウンロードファイル名',
  userDepartment: '利用者所属',
  userMail: '利用者E-mail',
  accessPin: 'アクセスPIN',
}

/** Column 3 has one meaning for accounts and another for persons. */
const thirdItem = (kind: Kind) =>
  kind.startsWith('acme-') ? 'ACMEアカウントID' : kind.startsWith('server-') ? '予約済' : 'ダウンロード方法'

const fault = (error: ErrorName, column: number, item: string, limit = 0): Fault => {
  const { code, text }: ErrorRow = errors[error]
  return { code, column, item, message: text(item, limit) }
}

export const columnFault = (kind: Kind, id: ColumnId, error: ErrorName, limit?: number): Fault =>
  fault(error, columnNumber(kind, id), id === 'third' ? thirdItem(kind) : itemNames[id], limit)

export const fileFault = (error: ErrorName, limit?: number): Fault => fault(error, 0, '申請ファイル', limit)

/** `<code>:<n>,<item>,<message>`, the form of the answer page. */
export const faultText = ({ code, column, item, message }: Fault): string =>
  `${code}:${column},${item},${message}`
