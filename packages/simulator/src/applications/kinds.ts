/**
 * What can be applied for, and on which screen: the one table of menu codes.
 *
 * Only SP1011 (client certificates) is public; the other codes are the simulator's own:
 * docs/issuance-system.md, "Menu codes".
 */
export type Category = 'client' | 'server' | 'smime' | 'acme'

export type Kind =
  | `${'client' | 'server' | 'smime'}-${'issue' | 'renew' | 'revoke'}`
  | `acme-${'create' | 'renew' | 'suspend' | 'revoke'}`

export interface Screen {
  category: Category
  menuCode: string
  /** As headings say it. */
  title: string
  /** `applyType` on the upload form → kind and its name there. */
  applyTypes: Readonly<Record<string, { kind: Kind; label: string }>>
}

const certificateTypes = (category: 'client' | 'server' | 'smime') => ({
  1: { kind: `${category}-issue` as const, label: '発行' },
  2: { kind: `${category}-renew` as const, label: '更新' },
  3: { kind: `${category}-revoke` as const, label: '失効' },
})

export const screens: readonly Screen[] = [
  {
    category: 'server',
    menuCode: 'SP1001',
    title: 'サーバ証明書',
    applyTypes: certificateTypes('server'),
  },
  {
    category: 'client',
    menuCode: 'SP1011',
    title: 'クライアント証明書',
    applyTypes: certificateTypes('client'),
  },
  {
    category: 'smime',
    menuCode: 'SP1021',
    title: 'S/MIME証明書',
    applyTypes: certificateTypes('smime'),
  },
  {
    category: 'acme',
    menuCode: 'SP1031',
    title: 'ACME利用情報',
    applyTypes: {
      1: { kind: 'acme-create', label: '作成' },
      2: { kind: 'acme-renew', label: '更新' },
      3: { kind: 'acme-suspend', label: '停止' },
      4: { kind: 'acme-revoke', label: '失効' },
    },
  },
]

const screenOf = (kind: Kind): Screen => {
  const screen = screens.find(({ applyTypes }) =>
    Object.values(applyTypes).some((applyType) => applyType.kind === kind),
  )
  if (!screen) throw new Error(`no screen takes ${kind}`)
  return screen
}

export const categoryOf = (kind: Kind): Category => screenOf(kind).category
