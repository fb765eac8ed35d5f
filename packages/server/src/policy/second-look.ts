import type { OrganisationConfig } from '../config.js'
import type { Caller } from './caller.js'

/** An operator's own application needs no second look, unless two must look, or he decides for one department only. */
export const needsNoSecondLook = (
  { scopes, department }: Caller,
  { approvers }: Pick<OrganisationConfig, 'approvers'>,
): boolean => scopes.includes('applications:approve') && department === null && approvers === 1
