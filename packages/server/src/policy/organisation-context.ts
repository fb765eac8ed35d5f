/** What the configuration says about an organisation, as the check takes it. Source: docs/operations.md, "Settings". */
import type { CheckContext } from '@upki-gateway/shared/check'
import type { OrganisationConfig } from '../config.js'

export const organisationContext = (organisation: OrganisationConfig): CheckContext => ({
  organisation,
  profiles: organisation.profiles,
  ...(organisation.tables && { tables: organisation.tables }),
  ...(organisation.phishingWords && { phishingWords: organisation.phishingWords }),
  ...(organisation.blockedKeys && { blockedKeys: organisation.blockedKeys }),
  unpublishedKinds: organisation.unpublishedKinds,
})
