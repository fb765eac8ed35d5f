/** Pages for people, to which problems lead (RFC 8555 §6.6, §7.3.3). */
import type { Config } from '../config.js'

export const helpPages = ['rate-limits', 'terms'] as const
export type HelpPage = (typeof helpPages)[number]

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const page = (title: string, lines: readonly string[]): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${lines
    .map((line) => `<p>${line}</p>`)
    .join('')}</html>`

const counted = (limit: number | null): string => (limit === null ? 'no limit (上限なし)' : String(limit))

function rateLimits({ rateLimits: limits }: Config['acme']): string {
  return page('Rate limits 利用回数の上限', [
    `Requests from one address in a minute (1アドレスのリクエスト、1分あたり): ${counted(limits.requestsPerMinute)}`,
    `New accounts from one address in an hour (1アドレスのアカウント登録、1時間あたり): ${counted(limits.newAccountsPerHour)}`,
    `New orders of one account in an hour (1アカウントの新しいオーダー、1時間あたり): ${counted(limits.newOrdersPerAccountPerHour)}`,
    `New orders of one organisation in an hour (1機関の新しいオーダー、1時間あたり): ${counted(limits.newOrdersPerOrganisationPerHour)}`,
    'Failed validations of one account in a day (1アカウントの検証失敗、1日あたり): 20',
    'Asking again for an order that is open does not count. Wait as long as Retry-After says. (処理中のオーダーの再要求は数えません。Retry-After の時間だけ待ってください。)',
  ])
}

function terms({ termsOfService }: Config['acme']): string {
  const url = escape(termsOfService ?? '')
  return page('Terms of service 利用規約', [
    `Read the terms of service (利用規約をお読みください): <a href="${url}">${url}</a>`,
    'To agree, send newAccount again with the key of your account and "termsOfServiceAgreed": true. (同意するには、アカウントの鍵で "termsOfServiceAgreed": true を付けて newAccount をもう一度送ってください。)',
    'If your client cannot do that, ask the registration authority operator. (クライアントが対応していない場合は、登録担当者にご相談ください。)',
  ])
}

export const renderHelp = (name: HelpPage, acme: Config['acme']): string =>
  name === 'terms' ? terms(acme) : rateLimits(acme)
