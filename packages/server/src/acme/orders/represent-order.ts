/** An order as the client sees it: RFC 8555 §7.1.3 and the extension object of docs/acme-divergences.md. */
import type { OrganisationConfig } from '../../config.js'
import type { Language } from '../../http/render-problem.js'
import { problems } from '../../problem/problems.js'
import type { OrderView } from '../../store/acme-orders.js'
import type { Answer } from '../answer.js'
import { defaultProfile, type ProfileName, profiles } from '../profiles.js'
import { retryAfterSeconds } from '../retry-after.js'
import type { Urls } from '../urls.js'
import { type OrderStatus, orderStatus } from './order-status.js'
import { renderSubject, subjectFor } from './subject.js'
import { waitingFor } from './waiting-for.js'

export interface Viewpoint {
  organisation: OrganisationConfig
  urls: Urls
  language: Language
  now: Date
}

/** What the issuance system wants, and where the application stands. */
function representUpki(
  order: OrderView,
  { organisation, language, urls }: Viewpoint,
): Record<string, unknown> {
  const keyType = (order.profile as ProfileName | null) ?? defaultProfile(organisation)
  const subject = subjectFor(order.names[0] ?? '', organisation)
  const state = order.application_state
  const detail = state && (waitingFor[state] ?? order.failure?.message)?.[language]
  return {
    profileId: profiles[keyType].profileId,
    keyType,
    subjectDn: renderSubject(subject),
    subject,
    ...(state ? { state } : {}),
    ...(detail ? { detail } : {}),
    ...(order.certificate_serial ? { confirmInstalled: urls.confirmInstalled(order.id) } : {}),
  }
}

/** Why the order ended without a certificate. */
function representError(order: OrderView, { language }: Viewpoint): Record<string, unknown> {
  const name = order.failure ? 'applicationFailed' : (order.error?.problem ?? 'orderNotReady')
  const { type, status, title } = problems[name]
  const reason = order.failure
    ? `${order.failure.message[language]} ${order.failure.remedy[language]}`
    : (order.error?.detail ?? expired)[language]
  return { type, status, title: title[language], detail: reason }
}

const expired = {
  en: 'The order expired before it was finalized; make a new one.',
  ja: '確定される前に期限切れになりました。新しいオーダーを作成してください。',
}

function representOrder(order: OrderView, status: OrderStatus, view: Viewpoint): Record<string, unknown> {
  const { urls } = view
  return {
    status,
    expires: order.expires_at.toISOString(),
    identifiers: order.names.map((value) => ({ type: 'dns', value })),
    authorizations: order.authorization_ids.map((id) => urls.authorization(id)),
    finalize: urls.finalize(order.id),
    ...(order.profile ? { profile: order.profile } : {}),
    ...(order.replaces !== null ? { replaces: order.replaces } : {}),
    ...(status === 'valid' ? { certificate: urls.certificate(order.id) } : {}),
    ...(status === 'invalid' ? { error: representError(order, view) } : {}),
    upki: representUpki(order, view),
  }
}

/** The order with its Location, and Retry-After while it is being processed (RFC 8555 §7.4). */
export function answerOrder(order: OrderView, view: Viewpoint): Answer {
  const status = orderStatus(order, view.now)
  const wait =
    status === 'processing' && order.finalized_at && retryAfterSeconds(order.finalized_at, view.now)
  return {
    headers: {
      Location: view.urls.order(order.id),
      ...(wait ? { 'Retry-After': String(wait) } : {}),
    },
    body: representOrder(order, status, view),
  }
}
