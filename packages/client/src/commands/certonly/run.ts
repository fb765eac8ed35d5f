/** `certonly`: obtain, with hooks, and tell the result. */
import type { Outcome } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import type { HookOptions } from '../hook-options.js'
import type { CertonlyOptions } from './request.js'
import { reportCertificate } from './result.js'
import { obtainWithHooks } from './with-hooks.js'

export async function runCertonly(
  options: CertonlyOptions & HookOptions,
  context: Context,
): Promise<Outcome> {
  const { lineage, outcome } = await obtainWithHooks(options, context)
  reportCertificate(context.reporter, lineage, outcome)
  return 'done'
}
