/** What an approval covers. Pure. Source: docs/architecture.md, "Waiting is the normal case". */

/** Only what deciding needs of a stored approval. */
export interface ApprovalScope {
  /** Host names, or `.domain` for every name at or below a domain. */
  names: readonly string[]
  /** Whose servers it is for; told apart by e-mail address. */
  subscriber: { email: string }
  valid_until: Date | null
  revoked_at: Date | null
  /** Null: any. */
  profiles: readonly string[] | null
}

const isNameCovered = (name: string, pattern: string): boolean =>
  pattern.startsWith('.') ? name === pattern.slice(1) || name.endsWith(pattern) : name === pattern

export const isLive = (approval: Pick<ApprovalScope, 'valid_until' | 'revoked_at'>, now: Date): boolean =>
  approval.revoked_at === null && (approval.valid_until === null || approval.valid_until > now)

/** @param names in lower case */
export const uncoveredNames = (approval: Pick<ApprovalScope, 'names'>, names: readonly string[]): string[] =>
  names.filter((name) => !approval.names.some((pattern) => isNameCovered(name, pattern)))

/** @param names in lower case */
export const coversNames = (approval: Pick<ApprovalScope, 'names'>, names: readonly string[]): boolean =>
  names.length > 0 && uncoveredNames(approval, names).length === 0

/** What is asked for: names in lower case, and the subscriber who asks. */
export interface Wish {
  names: readonly string[]
  subscriberEmail: string | undefined
  profileId?: string
}

const coversProfile = ({ profiles }: ApprovalScope, { profileId }: Wish): boolean =>
  profiles === null || (profileId !== undefined && profiles.includes(profileId))

/** An approval is for one subscriber: another's application for the same names is not inside it. */
export const covers = (approval: ApprovalScope, wish: Wish, now: Date): boolean =>
  isLive(approval, now) &&
  coversNames(approval, wish.names) &&
  coversProfile(approval, wish) &&
  approval.subscriber.email.toLowerCase() === wish.subscriberEmail?.toLowerCase()
