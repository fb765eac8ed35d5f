/** The pages of the navigation, and the scopes without all of which a page would only be refused. */
import { may, type Operator } from '../api/session.js'
import type { Bilingual } from '../i18n/language.js'

interface NavigationPage {
  href: string
  name: Bilingual
  scopes: readonly string[]
  /** Shows nothing to those who are limited to a department. */
  isOfWhole?: boolean
}

const pages: readonly NavigationPage[] = [
  { href: '/', name: { ja: '今日', en: 'Today' }, scopes: ['applications:read'] },
  { href: '/applications', name: { ja: '申請', en: 'Applications' }, scopes: ['applications:read'] },
  { href: '/batches', name: { ja: 'ファイル', en: 'Files' }, scopes: ['batches:read'] },
  { href: '/certificates', name: { ja: '証明書', en: 'Certificates' }, scopes: ['certificates:read'] },
  {
    href: '/incidents',
    name: { ja: '一括の失効・再発行', en: 'Bulk acts' },
    scopes: ['certificates:read'],
    isOfWhole: true,
  },
  { href: '/approvals', name: { ja: '継続的な承認', en: 'Approvals' }, scopes: ['approvals:read'] },
  { href: '/eab', name: { ja: 'EAB', en: 'EAB credentials' }, scopes: ['eab:read', 'eab:write'] },
  { href: '/accounts', name: { ja: 'ACMEアカウント', en: 'ACME accounts' }, scopes: ['accounts:read'] },
  { href: '/subscribers', name: { ja: '利用管理者', en: 'Subscribers' }, scopes: ['subscribers:read'] },
  { href: '/organisation', name: { ja: '機関と部局', en: 'Organisation' }, scopes: ['people:read'] },
  { href: '/people', name: { ja: '登録担当者', en: 'Operators' }, scopes: ['people:read'] },
  { href: '/tokens', name: { ja: 'トークン', en: 'Tokens' }, scopes: ['tokens:write', 'people:read'] },
  { href: '/webhooks', name: { ja: 'Webhook', en: 'Webhooks' }, scopes: ['webhooks:read'] },
  { href: '/audit', name: { ja: '監査ログ', en: 'Audit log' }, scopes: ['audit:read'] },
  { href: '/statistics', name: { ja: '統計', en: 'Statistics' }, scopes: ['certificates:read'] },
]

export const pagesFor = (operator: Operator): NavigationPage[] =>
  pages.filter(
    ({ scopes, isOfWhole }) => may(operator, ...scopes) && !(isOfWhole && operator.department !== null),
  )
