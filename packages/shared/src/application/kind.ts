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
] as const

export type ApplicationKind = (typeof applicationKinds)[number]

export const isApplicationKind = (value: unknown): value is ApplicationKind =>
  (applicationKinds as readonly unknown[]).includes(value)
