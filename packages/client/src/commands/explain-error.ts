/** Turns whatever was thrown into an exit status, sentences for people and members for `--json`. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { AcmeProblem, type Subproblem } from '../acme/acme-problem.js'
import { TransportError } from '../acme/transport-error.js'
import { renderDuration } from '../terminal/duration.js'
import { Failure, type Outcome } from '../terminal/failure.js'
import { explainFileTrouble } from '../terminal/file-trouble.js'
import { printable } from '../terminal/printable.js'

export interface Explanation {
  outcome: Exclude<Outcome, 'done'>
  text: Bilingual
  details: object
}

export function explainError(error: unknown): Explanation {
  if (error instanceof Failure) return error
  if (error instanceof AcmeProblem) return explainProblem(error)
  if (error instanceof TransportError)
    return failed(error.isTrustProblem ? distrusted(error) : unreachable(error))
  const trouble = explainFileTrouble(error)
  if (trouble) return failed(trouble)
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return failed({
    en: `This should not have happened; please report it with what follows.\n${reason}`,
    ja: `想定外のエラーです。以下を添えて報告してください。\n${reason}`,
  })
}

const failed = (text: Bilingual): Explanation => ({ outcome: 'failed', text, details: {} })

function explainProblem(problem: AcmeProblem): Explanation {
  const { type, status, detail, subproblems, retryAfterSeconds } = problem
  return {
    outcome: 'failed',
    text: { en: renderProblem(problem, 'en'), ja: renderProblem(problem, 'ja') },
    details: { problem: { type, status, detail, retryAfterSeconds, subproblems } },
  }
}

function renderProblem(
  { type, status, detail, subproblems, retryAfterSeconds }: AcmeProblem,
  language: keyof Bilingual,
): string {
  const named = type === 'about:blank' ? '' : printable(type, 100)
  const code = [named, status ? `HTTP ${status}` : ''].filter(Boolean).join(', ')
  const head = { en: 'The server refused', ja: 'サーバに拒否されました' }[language]
  const hint = (hints[type] ?? hintByStatus(type, status, retryAfterSeconds))?.[language]
  const said = printable(detail, 1000)
  return [
    `${head}${code && ` (${code})`}${said && `: ${said}`}`,
    ...subproblems.slice(0, maxShown).map((part) => renderSubproblem(part, language)),
    ...(subproblems.length > maxShown ? [`  … ${subproblems.length - maxShown}`] : []),
    ...(hint ? [hint] : []),
  ].join('\n')
}

/** As many as a screen holds; `--json` has them all. */
const maxShown = 20

function renderSubproblem({ detail, identifier, finding }: Subproblem, language: keyof Bilingual): string {
  if (!finding)
    return `  - ${identifier ? `${printable(identifier, 253)}: ` : ''}${printable(detail ?? '', 500)}`
  const { row, field, columnName, value, message, remedy, upstreamCode } = finding
  const place = [
    identifier ?? { en: `row ${row}`, ja: `${row} 行目` }[language],
    columnName?.[language] ?? field,
    value && `"${value}"`,
    upstreamCode && `UPKI ${upstreamCode}`,
  ]
  const shown = place.filter(Boolean).map((part) => printable(part ?? '', 100))
  return `  - ${shown.join(', ')}: ${printable(message[language])}\n    → ${printable(remedy[language])}`
}

/** What to do, for the refusals where a server's detail seldom says it. */
const hints: Record<string, Bilingual> = {
  accountDoesNotExist: {
    en: 'The server no longer knows this account. Ask the registration authority operator for a new EAB credential.',
    ja: 'サーバにこのアカウントがありません。登録担当者に新しい EAB を依頼してください。',
  },
  unauthorized: {
    en: 'Check the EAB key id and HMAC key, and that the credential covers these names.',
    ja: 'EAB の key id と HMAC 鍵、その対象にこれらの名前が含まれるかを確かめてください。',
  },
}

/** The same for what mostly a front end or a proxy answers, with little or no word of its own. */
function hintByStatus(type: string, status = 0, retryAfterSeconds?: number): Bilingual | undefined {
  if (type === 'rateLimited' || status === 429) return tooMany(later(retryAfterSeconds))
  if (status >= 500) return busy(later(retryAfterSeconds))
  if (type !== 'about:blank') return undefined
  return status >= 300 ? otherAddress : undefined
}

const later = (seconds: number | undefined): Bilingual => {
  if (!seconds) return { en: 'later', ja: 'しばらくして' }
  const { en, ja } = renderDuration(seconds)
  return { en: `in ${en}`, ja: `${ja}後に` }
}

const tooMany = ({ en, ja }: Bilingual): Bilingual => ({
  en: `It was asked too often. Run the same command again ${en}; what was begun is kept.`,
  ja: `要求が多すぎます。${ja}同じコマンドをもう一度実行してください。途中までの処理は保存されています。`,
})

const busy = ({ en, ja }: Bilingual): Bilingual => ({
  en: `It is busy, or out of order for now. Run the same command again ${en}; what was begun is kept.`,
  ja: `サーバが混雑しているか停止中です。${ja}同じコマンドをもう一度実行してください。途中までの処理は保存されています。`,
})

const otherAddress: Bilingual = {
  en: 'Check that --server is the directory URL of an ACME server; addresses it sends on to are not followed.',
  ja: '--server が ACME サーバのディレクトリ URL か確かめてください。転送先には従いません。',
}

const distrusted = ({ url, code }: TransportError): Bilingual => ({
  en: `The TLS certificate of ${url} is not trusted (${code}). For a gateway with a CA of its own give that CA's certificate with --ca-file.`,
  ja: `${url} の TLS 証明書を信頼できません (${code})。独自 CA のゲートウェイでは、その CA 証明書を --ca-file で指定してください。`,
})

const unreachable = ({ url, code }: TransportError): Bilingual => ({
  en: `No usable answer from ${url} (${code}). Check --server, the network, and the proxy settings (HTTPS_PROXY, NO_PROXY).`,
  ja: `${url} から応答を得られません (${code})。--server、ネットワーク、プロキシ設定 (HTTPS_PROXY, NO_PROXY) を確かめてください。`,
})
