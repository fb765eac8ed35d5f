/** `certonly`: obtain, with hooks, and tell the result. */
import type { Outcome } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import type { HookOptions } from '../hook-options.js'
import type { CertonlyOptions } from './request.js'
import { reportCertificate, reportRehearsal } from './result.js'
import { checkOutputs, readForeignCsr, reportFiles } from './csr-order.js'
import { obtainFilesWithHooks, obtainWithHooks } from './with-hooks.js'

export async function runCertonly(
  options: CertonlyOptions & HookOptions,
  context: Context,
): Promise<Outcome> {
  const { csr, domains } = options
  if (options.dryRun) {
    const { rehearseOrder } = await import('./rehearse.js')
    reportRehearsal(context.reporter, await rehearseOrder(options, context))
    return 'done'
  }
  if (csr !== undefined) {
    const { orderName } = await readForeignCsr(csr, domains)
    await checkOutputs(options)
    const { files, leaf } = await obtainFilesWithHooks(options, orderName, context)
    reportFiles(context.reporter, files, leaf)
    return 'done'
  }
  const { lineage, outcome } = await obtainWithHooks(options, context)
  reportCertificate(context.reporter, lineage, outcome)
  return 'done'
}
