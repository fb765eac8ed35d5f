/**
 * Every problem the gateway answers with; REST, ACME and the contract's examples read it.
 *
 * ACME types are as registered (RFC 8555 §6.7). Ours are under urn:upki-gateway:problem.
 */
import type { Bilingual } from '@upki-gateway/shared/problem'

const ACME = 'urn:ietf:params:acme:error:'
const OURS = 'urn:upki-gateway:problem:'

export interface ProblemSpec {
  type: string
  status: number
  title: Bilingual
}

export const problems = {
  accountDoesNotExist: {
    type: `${ACME}accountDoesNotExist`,
    status: 400,
    title: { en: 'The account does not exist', ja: 'アカウントがありません' },
  },
  /** RFC 9773 §7.4, which fixes the status too (§5). */
  alreadyReplaced: {
    type: `${ACME}alreadyReplaced`,
    status: 409,
    title: { en: 'Another order replaces the certificate', ja: '証明書を置き換えるオーダーがすでにあります' },
  },
  alreadyRevoked: {
    type: `${ACME}alreadyRevoked`,
    status: 400,
    title: { en: 'The certificate is already revoked', ja: '証明書はすでに失効しています' },
  },
  badCSR: {
    type: `${ACME}badCSR`,
    status: 400,
    title: { en: 'The CSR is unacceptable', ja: 'CSRを受け付けられません' },
  },
  badNonce: {
    type: `${ACME}badNonce`,
    status: 400,
    title: { en: 'The nonce was not accepted', ja: 'nonceを受け付けられません' },
  },
  badPublicKey: {
    type: `${ACME}badPublicKey`,
    status: 400,
    title: { en: 'The public key is not supported', ja: '公開鍵を受け付けられません' },
  },
  badRevocationReason: {
    type: `${ACME}badRevocationReason`,
    status: 400,
    title: { en: 'The revocation reason is not allowed', ja: '失効理由を受け付けられません' },
  },
  badSignatureAlgorithm: {
    type: `${ACME}badSignatureAlgorithm`,
    status: 400,
    title: { en: 'The signature algorithm is not supported', ja: '署名アルゴリズムに対応していません' },
  },
  caa: {
    type: `${ACME}caa`,
    status: 403,
    title: { en: 'CAA records forbid issuance', ja: 'CAAレコードにより発行できません' },
  },
  connection: {
    type: `${ACME}connection`,
    status: 400,
    title: { en: 'The server could not connect for validation', ja: '検証先に接続できません' },
  },
  dns: {
    type: `${ACME}dns`,
    status: 400,
    title: { en: 'A DNS query failed', ja: 'DNSの問い合わせに失敗しました' },
  },
  externalAccountRequired: {
    type: `${ACME}externalAccountRequired`,
    status: 403,
    title: { en: 'An external account binding is required', ja: '外部アカウント(EAB)の指定が必要です' },
  },
  incorrectResponse: {
    type: `${ACME}incorrectResponse`,
    status: 403,
    title: { en: 'The challenge response is wrong', ja: 'チャレンジの応答が正しくありません' },
  },
  invalidContact: {
    type: `${ACME}invalidContact`,
    status: 400,
    title: { en: 'A contact is invalid', ja: '連絡先が正しくありません' },
  },
  invalidProfile: {
    type: `${ACME}invalidProfile`,
    status: 400,
    title: { en: 'The profile is unknown', ja: 'プロファイルが不明です' },
  },
  malformed: {
    type: `${ACME}malformed`,
    status: 400,
    title: { en: 'The request is malformed', ja: 'リクエストの形式が正しくありません' },
  },
  orderNotReady: {
    type: `${ACME}orderNotReady`,
    status: 403,
    title: { en: 'The order is not ready', ja: 'オーダーはまだ確定できません' },
  },
  rateLimited: {
    type: `${ACME}rateLimited`,
    status: 429,
    title: { en: 'Too many requests', ja: 'リクエストが多すぎます' },
  },
  rejectedIdentifier: {
    type: `${ACME}rejectedIdentifier`,
    status: 400,
    title: { en: 'A name is not allowed', ja: '許可されていない名前です' },
  },
  serverInternal: {
    type: `${ACME}serverInternal`,
    status: 500,
    title: { en: 'The gateway failed', ja: 'ゲートウェイ内部のエラーです' },
  },
  tls: {
    type: `${ACME}tls`,
    status: 400,
    title: { en: 'The TLS connection for validation failed', ja: '検証のためのTLS接続に失敗しました' },
  },
  unauthorized: {
    type: `${ACME}unauthorized`,
    status: 403,
    title: { en: 'The account may not do this', ja: 'このアカウントには権限がありません' },
  },
  unsupportedContact: {
    type: `${ACME}unsupportedContact`,
    status: 400,
    title: { en: 'A contact scheme is not supported', ja: '対応していない連絡先です' },
  },
  unsupportedIdentifier: {
    type: `${ACME}unsupportedIdentifier`,
    status: 400,
    title: { en: 'An identifier type is not supported', ja: '対応していない識別子です' },
  },
  userActionRequired: {
    type: `${ACME}userActionRequired`,
    status: 403,
    title: { en: 'A person has to act first', ja: '先に手続きが必要です' },
  },

  /** Why an ACME order is invalid: RFC 8555 has no type for it. */
  applicationFailed: {
    type: `${OURS}application-failed`,
    status: 403,
    title: { en: 'The application ended without a certificate', ja: '証明書は発行されませんでした' },
  },
  badRequest: {
    type: `${OURS}bad-request`,
    status: 400,
    title: { en: 'The request is not as the contract says', ja: 'リクエストがAPI仕様と一致しません' },
  },
  tokenMissing: {
    type: `${OURS}token-missing`,
    status: 401,
    title: { en: 'A bearer token is needed', ja: 'ベアラートークンが必要です' },
  },
  tokenInvalid: {
    type: `${OURS}token-invalid`,
    status: 401,
    title: { en: 'The bearer token is not valid', ja: 'ベアラートークンが無効です' },
  },
  scopeMissing: {
    type: `${OURS}scope-missing`,
    status: 403,
    title: { en: 'The token may not do this', ja: 'このトークンには権限がありません' },
  },
  notAllowed: {
    type: `${OURS}not-allowed`,
    status: 403,
    title: { en: 'You may not do this', ja: 'この操作は許可されていません' },
  },
  signInRefused: {
    type: `${OURS}sign-in-refused`,
    status: 401,
    title: { en: 'The sign-in was refused', ja: 'サインインできません' },
  },
  crossSite: {
    type: `${OURS}cross-site`,
    status: 403,
    title: {
      en: 'The request may come from another site',
      ja: '別のサイトからのリクエストの可能性があります',
    },
  },
  notFound: {
    type: `${OURS}not-found`,
    status: 404,
    title: { en: 'There is no such thing here', ja: '見つかりません' },
  },
  methodNotAllowed: {
    type: `${OURS}method-not-allowed`,
    status: 405,
    title: { en: 'The method is not allowed here', ja: 'このメソッドは使えません' },
  },
  notAcceptable: {
    type: `${OURS}not-acceptable`,
    status: 406,
    title: { en: 'No such representation', ja: 'その形式では返せません' },
  },
  conflict: {
    type: `${OURS}conflict`,
    status: 409,
    title: { en: 'The state does not allow this', ja: '現在の状態ではできません' },
  },
  tooLarge: {
    type: `${OURS}too-large`,
    status: 413,
    title: { en: 'The request is too large', ja: 'リクエストが大きすぎます' },
  },
  unsupportedMediaType: {
    type: `${OURS}unsupported-media-type`,
    status: 415,
    title: { en: 'The media type is not supported', ja: 'このメディアタイプには対応していません' },
  },
  applicationsRefused: {
    type: `${OURS}applications-refused`,
    status: 422,
    title: {
      en: 'The applications have errors; none was accepted',
      ja: '申請に誤りがあるため、すべて受け付けていません',
    },
  },
  idempotencyKeyReused: {
    type: `${OURS}idempotency-key-reused`,
    status: 422,
    title: {
      en: 'The Idempotency-Key was used for another request',
      ja: 'このIdempotency-Keyは別のリクエストで使用済みです',
    },
  },
  outcomeNotUnderstood: {
    type: `${OURS}outcome-not-understood`,
    status: 422,
    title: { en: 'The outcome cannot be read from this', ja: 'この内容からは結果を読み取れません' },
  },
  reportUnreadable: {
    type: `${OURS}report-unreadable`,
    status: 422,
    title: { en: 'The file is not a report of the service', ja: '証明書情報のファイルとして読めません' },
  },
  unreadable: {
    type: `${OURS}unreadable`,
    status: 422,
    title: { en: 'This cannot be read', ja: '読み取れません' },
  },
  unavailable: {
    type: `${OURS}unavailable`,
    status: 503,
    title: { en: 'Not available for the moment', ja: '一時的に利用できません' },
  },
} as const satisfies Record<string, ProblemSpec>

export type ProblemName = keyof typeof problems
