/**
 * Issuance system behind an operator's hands: sealed files wait in the gateway until an operator takes
 * them, uploads them in a browser and says what came of it; the report is given, not fetched.
 *
 * Nothing here touches the service, so production can start with it. Source: docs/issuance-system.md, "By hand, or by itself".
 */
import type { ReportRow } from '@upki-gateway/shared/report'
import type { IssuanceSystemConfig } from '../../../config.js'
import { type IssuanceSystem, NotSentError } from '../../ports/issuance-system.js'
import { loadChains } from '../chains.js'
import { readAnswer } from '../screens/answer-text.js'
import { siteWith } from '../screens/site-profile.js'

export const makeHandoff = (config: IssuanceSystemConfig): IssuanceSystem => ({
  id: config.id,
  worksByItself: false,
  submit: () => Promise.reject(new NotSentError('an operator carries the files of this issuance system')),
  report: (): AsyncIterable<ReportRow> => {
    throw new Error('an operator gives the reports of this issuance system')
  },
  readAnswer: (text, rowCount) => readAnswer(text, siteWith(config.site), rowCount),
  ...loadChains(config.chainFiles),
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
})
