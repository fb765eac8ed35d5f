/**
 * A mail from the events that it tells. Plain text. Names of persons only where the organisation wishes it and only to
 * its team. Whatever comes from outside stands in the body, and of a subject only a host name of safe characters.
 */
import type { OrganisationConfig } from '../../config.js'
import type { MailedEvent } from '../../store/mails.js'
import type { MailRow } from '../../store/event-tables.js'
import { words } from './words.js'

export interface RenderTerms {
  organisation: OrganisationConfig
  /** Where the console is, if that is known. */
  consoleUrl: string | undefined
}

export interface RenderedMail {
  subject: string
  text: string
}

const labels = {
  ja: {
    at: '日時',
    name: 'ホスト名',
    names: 'ホスト名',
    kind: '種別',
    left: '残り',
    days: '日以内',
    code: 'エラー',
  },
  en: {
    at: 'at',
    name: 'host',
    names: 'hosts',
    kind: 'kind',
    left: 'ends within',
    days: ' days',
    code: 'error',
  },
} as const

const ids = {
  ja: {
    application: '申請',
    certificate: 'シリアル番号',
    batch: 'ファイル',
    approval: '承認',
    webhook: 'Webhook',
  },
  en: {
    application: 'application',
    certificate: 'serial',
    batch: 'file',
    approval: 'approval',
    webhook: 'webhook',
  },
} as const

/** Japan has one time zone and no summer time. */
const timeOf = (at: Date, language: 'ja' | 'en'): string =>
  new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'Asia/Tokyo',
  }).format(at)

/** Nothing in a line can begin another one. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 300)

function linesOf(event: MailedEvent, { notices }: OrganisationConfig, isTeam: boolean): string {
  const language = notices?.language ?? 'ja'
  const [label, id] = [labels[language], ids[language]]
  const { commonName, names, kind, withinDays, code, webhook } = event.data
  const person = isTeam && notices?.withNames ? event.subscriberName : null
  const parts: (readonly [string, string | null | undefined])[] = [
    [label.at, timeOf(event.at, language)],
    [label.name, commonName],
    [label.names, names?.join(' ')],
    [label.left, withinDays === undefined ? null : `${withinDays}${label.days}`],
    [label.kind, kind],
    [label.code, code],
    [id.application, event.application_id],
    [id.certificate, event.certificate_serial],
    [id.batch, event.batch_id],
    [id.approval, event.approval_id],
    [id.webhook, webhook],
    [language === 'ja' ? '利用管理者' : 'subscriber', person],
  ]
  const told = parts.filter((part): part is [string, string] => part[1] !== null && part[1] !== undefined)
  return told
    .map(([name, value], place) => `${place === 0 ? '- ' : '  '}${name}: ${oneLine(value)}`)
    .join('\n')
}

const isHostName = (text: string | undefined): text is string =>
  text !== undefined && /^[a-z0-9*.-]{1,100}$/.test(text)

/** One name, or how many. */
function aboutOf(events: readonly MailedEvent[], language: 'ja' | 'en'): string {
  const name = events[0]?.data.commonName
  if (events.length === 1) return isHostName(name) ? `: ${name}` : ''
  return language === 'ja' ? `（${events.length}件）` : ` (${events.length})`
}

const footers = {
  ja: 'このメールはUPKIゲートウェイが自動で送信しています。',
  en: 'This mail was sent by the UPKI gateway.',
}

export function renderMail(
  mail: Pick<MailRow, 'type' | 'audience'>,
  events: readonly MailedEvent[],
  { organisation, consoleUrl }: RenderTerms,
): RenderedMail {
  const language = organisation.notices?.language ?? 'ja'
  const { title, text } = words[mail.type]
  const isTeam = mail.audience === 'team'
  const blocks = [
    text[language],
    ...events.map((event) => linesOf(event, organisation, isTeam)),
    ...(isTeam && consoleUrl !== undefined ? [consoleUrl] : []),
    `-- \n${footers[language]}`,
  ]
  return {
    subject: `[UPKI] ${title[language]}${aboutOf(events, language)}`,
    text: `${blocks.join('\n\n')}\n`,
  }
}
