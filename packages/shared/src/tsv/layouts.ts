/** The two column layouts: 13 columns for server and ACME kinds, 15 for client and S/MIME. Source: docs/upki-tsv.md. */
import type { FieldName } from '../application/application.js'
import type { Charset, Certainty, ColumnSpec, Rule } from './kind-table.js'

type Known = [Certainty, string]
const sure: Known = ['sure', "the service's manual and FAQ"]
/** Place, name and length are sure; that it may stay empty is not. */
const maybeEmpty: Known = ['likely', 'the manual; that it may stay empty, practice of 2025']

type Traits = [charset: Charset, max: number | undefined, rule: Rule]

const spec = (
  field: FieldName | undefined,
  [ja, en]: [string, string],
  [charset, max, rule]: Traits,
  [certainty, source]: Known = sure,
): ColumnSpec => ({
  ...(field && { field }),
  name: { ja, en },
  charset,
  ...(max && { max }),
  rule,
  source,
  certainty,
})

const reserved = spec(undefined, ['予約済', 'reserved'], ['halfWidth', undefined, 'text'])
const subjectDn = spec('subjectDn', ['主体者DN', 'subject DN'], ['halfWidth', 250, 'subjectDn'])
const profileId = spec('profileId', ['証明書プロファイルID', 'profile ID'], ['digits', 2, 'profile'])
const revocation = [
  // The limit was 32 digits before serials grew to 128 bits; a decimal one needs 39.
  spec(
    'serial',
    ['失効対象証明書シリアル番号', 'serial number'],
    ['halfWidth', 50, 'serial'],
    ['likely', 'practice of 2025; 32 digits in the manual of 2009'],
  ),
  spec('revocationReason', ['失効理由', 'revocation reason'], ['digits', 1, 'reason']),
  spec('revocationComment', ['失効理由コメント', 'revocation comment'], ['anyWidth', 128, 'text']),
]
const subscriber = (name: Known) => [
  spec('subscriberName', ['利用管理者氏名', 'subscriber name'], ['anyWidth', 64, 'text'], name),
  spec(
    'subscriberDepartment',
    ['利用管理者所属', 'subscriber department'],
    ['anyWidth', 64, 'text'],
    maybeEmpty,
  ),
  spec('subscriberEmail', ['利用管理者E-mail', 'subscriber e-mail'], ['halfWidth', 78, 'mail']),
]
const server = [
  spec('csr', ['CSR', 'CSR'], ['base64', 2048, 'csr']),
  ...subscriber(maybeEmpty),
  spec('fqdn', ['利用管理者FQDN', 'FQDN'], ['halfWidth', 64, 'hostName']),
  spec('software', ['利用管理者ソフトウェア名等', 'server software'], ['anyWidth', 128, 'text']),
  spec('dnsNames', ['dNSName', 'dNSName'], ['halfWidth', 250, 'dnsNames']),
]

/** 13 columns; column 3 is reserved. */
export const serverLayout: readonly ColumnSpec[] = [subjectDn, profileId, reserved, ...revocation, ...server]

/** 13 columns; column 3 holds the ACME account. */
export const acmeLayout: readonly ColumnSpec[] = [
  subjectDn,
  profileId,
  spec(
    'acmeAccountId',
    ['ACMEアカウントID', 'ACME account ID'],
    ['halfWidth', 128, 'accountId'],
    ['likely', 'practice of 2025'],
  ),
  ...revocation,
  ...server,
]

/** 15 columns; the last one came on 2018-07-09. */
export const clientLayout: readonly ColumnSpec[] = [
  subjectDn,
  profileId,
  spec('downloadType', ['ダウンロード方法', 'download type'], ['digits', 1, 'downloadType']),
  ...revocation,
  reserved,
  ...subscriber(sure),
  spec('userName', ['利用者氏名', 'user name'], ['anyWidth', 64, 'text']),
  spec(
    'p12FileName',
    ['P12ダウンロードファイル名', 'PKCS#12 file name'],
    ['halfWidth', undefined, 'p12FileName'],
    ['unknown', 'the limit is not published'],
  ),
  spec('userDepartment', ['利用者所属', 'user department'], ['anyWidth', 64, 'text'], maybeEmpty),
  spec('userEmail', ['利用者E-mail', 'user e-mail'], ['halfWidth', 78, 'mail']),
  spec(
    'accessPin',
    ['アクセスPIN', 'access PIN'],
    ['halfWidth', undefined, 'accessPin'],
    ['unknown', 'the limit is not published'],
  ),
]
