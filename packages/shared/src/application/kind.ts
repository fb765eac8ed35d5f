/** The kinds of application (申請) that UPKI takes; one TSV file holds one kind. Source: docs/upki-tsv.md. */
export const applicationKinds = [
  'server-issue',
  'server-renew',
  'server-revoke',
  'client-issue',
  'client-renew',
  'client-revoke',
  'smime-issue',
  'smime-renew',
  'smime-revoke',
  'acme-create',
  'acme-renew',
  'acme-suspend',
  'acme-revoke',
  'subscriber-update',
] as const

export type ApplicationKind = (typeof applicationKinds)[number]

/** Kinds whose columns are not published: usable only where the operator says so. Source: docs/upki-tsv.md. */
export const unpublishedKinds: readonly ApplicationKind[] = ['subscriber-update']

/** What is certified, and what is asked for it. */
export type KindFamily = 'server' | 'client' | 'smime' | 'acme' | 'subscriber'

export const familyOf = (kind: ApplicationKind): KindFamily => kind.slice(0, kind.indexOf('-')) as KindFamily

const knownKinds: ReadonlySet<unknown> = new Set(applicationKinds)

export const isApplicationKind = (value: unknown): value is ApplicationKind => knownKinds.has(value)

/** Of a certificate that reports show; what becomes of `acme-revoke` they do not tell. */
export const revokesCertificate = (kind: ApplicationKind): boolean =>
  kind.endsWith('-revoke') && familyOf(kind) !== 'acme'
