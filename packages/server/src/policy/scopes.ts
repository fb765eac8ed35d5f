/** What a caller may do, and what each role of an operator gives. Source: docs/operations.md, "People". */

export const scopes = [
  'applications:read',
  'applications:write',
  'applications:approve',
  'batches:read',
  'batches:write',
  'certificates:read',
  'certificates:write',
  'eab:read',
  'eab:write',
  'approvals:read',
  'approvals:write',
  'subscribers:read',
  'subscribers:write',
  'accounts:read',
  'accounts:write',
  'audit:read',
  'people:read',
  'tokens:write',
  'webhooks:read',
  'webhooks:write',
  'admin',
] as const
export type Scope = (typeof scopes)[number]

/** Of a token: whatever the role of its operator gives, now and later. */
export const EVERYTHING = '*'

export const roles = ['administrator', 'operator', 'approver', 'auditor', 'portal'] as const
export type Role = (typeof roles)[number]

const onlyReads = scopes.filter((scope) => scope.endsWith(':read'))

/** An approver works for one department; an auditor changes nothing; a portal is a program. */
const scopesByRole: Record<Role, readonly Scope[]> = {
  administrator: scopes,
  operator: scopes.filter((scope) => scope !== 'admin'),
  approver: [
    'applications:read',
    'applications:approve',
    'certificates:read',
    'approvals:read',
    'subscribers:read',
    'tokens:write',
  ],
  auditor: onlyReads,
  portal: ['applications:read', 'applications:write', 'certificates:read'],
}

export const scopesOf = (role: Role): readonly Scope[] => scopesByRole[role]

export const rolesWith = (scope: Scope): Role[] => roles.filter((role) => scopesOf(role).includes(scope))

/** What can be limited to the names of a department; files, reports, incidents and credentials are the whole organisation's. */
const withinDepartments: readonly string[] = [...scopesByRole.approver, 'applications:write']

export const scopesWithin = <T extends string>(
  given: readonly T[],
  department: object | null,
): readonly T[] => (department === null ? given : given.filter((scope) => withinDepartments.includes(scope)))

/** A token gives no more than its operator has, whatever it was made with. */
export function scopesOfToken(token: { scopes: readonly string[] }, role: Role | null): readonly string[] {
  if (role === null) return token.scopes
  if (token.scopes.includes(EVERYTHING)) return scopesOf(role)
  return scopesOf(role).filter((scope) => token.scopes.includes(scope))
}
