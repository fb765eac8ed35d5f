/** The pages of the navigation, and the scope without which a page would only be refused. */
import type { Operator } from '../api/session.js'
import type { Bilingual } from '../i18n/language.js'

interface NavigationPage {
  href: string
  name: Bilingual
  scope: string
}

const pages: readonly NavigationPage[] = [
  { href: '/', name: { ja: '今日', en: 'Today' }, scope: 'applications:read' },
  { href: '/applications', name: { ja: '申請', en: 'Applications' }, scope: 'applications:read' },
  { href: '/batches', name: { ja: 'ファイル', en: 'Files' }, scope: 'batches:read' },
  { href: '/certificates', name: { ja: '証明書', en: 'Certificates' }, scope: 'certificates:read' },
  {
    href: '/incidents',
    name: { ja: '一括の失効・再発行', en: 'Bulk acts' },
    scope: 'certificates:read',
  },
  { href: '/approvals', name: { ja: '継続的な承認', en: 'Approvals' }, scope: 'approvals:read' },
  { href: '/eab', name: { ja: 'EAB', en: 'EAB credentials' }, scope: 'eab:write' },
  { href: '/accounts', name: { ja: 'ACMEアカウント', en: 'ACME accounts' }, scope: 'accounts:read' },
  { href: '/subscribers', name: { ja: '利用管理者', en: 'Subscribers' }, scope: 'subscribers:read' },
  { href: '/organisation', name: { ja: '機関と部局', en: 'Organisation' }, scope: 'people:read' },
  { href: '/people', name: { ja: '登録担当者', en: 'Operators' }, scope: 'people:read' },
  { href: '/tokens', name: { ja: 'トークン', en: 'Tokens' }, scope: 'tokens:write' },
  { href: '/webhooks', name: { ja: 'Webhook', en: 'Webhooks' }, scope: 'webhooks:read' },
  { href: '/audit', name: { ja: '監査ログ', en: 'Audit log' }, scope: 'audit:read' },
  { href: '/statistics', name: { ja: '統計', en: 'Statistics' }, scope: 'certificates:read' },
]

export const pagesFor = ({ scopes }: Operator): NavigationPage[] =>
  pages.filter(({ scope }) => scopes.includes(scope))
