/** Obtaining with the administrator's hooks around it; the options that renewals repeat are kept. */
import { dirname } from 'node:path'
import { chooseDirectories, type Directories } from '../../keystore/directories.js'
import { readState, updateState } from '../../renewal/deployment-state.js'
import { deployVariables, runHooks } from '../../renewal/hooks.js'
import { readRenewalConfig, savedOptions, updateRenewalConfig } from '../../renewal/renewal-config.js'
import { chooseAuthenticator } from '../challenge-options.js'
import type { Context } from '../command-spec.js'
import type { HookOptions } from '../hook-options.js'
import { obtainCertificate, obtainForCsr, type Obtained, type ObtainedFiles } from './obtain.js'
import type { CertonlyOptions } from './request.js'
import { checkP12Files } from './write-p12.js'

/** `--csr`: hooks before and after, and files instead of a certificate that is kept. */
export function obtainFilesWithHooks(
  options: CertonlyOptions & HookOptions,
  orderName: string,
  context: Context,
): Promise<ObtainedFiles> {
  return between(options, context, (beforeOrder) => obtainForCsr(options, orderName, context, beforeOrder))
}

export async function obtainWithHooks(
  options: CertonlyOptions & HookOptions,
  context: Context,
): Promise<Obtained> {
  await checkP12Files(options)
  return between(options, context, (beforeOrder, directories) =>
    obtainAndDeploy(options, context, directories, beforeOrder),
  )
}

type BeforeOrder = () => Promise<void>

/** The pre-hook when the server is about to be asked, the post-hook whatever became of it. */
async function between<T>(
  { configDir, workDir, logsDir, preHook, postHook }: CertonlyOptions & HookOptions,
  context: Context,
  work: (beforeOrder: BeforeOrder, directories: Directories) => Promise<T>,
): Promise<T> {
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  const hooks = { directories, reporter: context.reporter }
  const begun: boolean[] = []
  try {
    return await work(async () => {
      begun.push(true)
      await runHooks('pre', [preHook], {}, hooks)
    }, directories)
  } finally {
    if (begun.length > 0) await runHooks('post', [postHook], {}, hooks)
  }
}

async function obtainAndDeploy(
  options: CertonlyOptions & HookOptions,
  context: Context,
  directories: Directories,
  beforeOrder: BeforeOrder,
): Promise<Obtained> {
  const obtained = await obtainCertificate(options, context, beforeOrder)
  const { lineage, outcome } = obtained
  await updateRenewalConfig(directories, lineage.name, savedOptions(chooseAuthenticator(options)))
  const { undelivered } = await readState(directories, lineage.name)
  if (outcome === 'kept' && undelivered !== lineage.serial) return obtained
  const { deployHook } = (await readRenewalConfig(directories, lineage.name)) ?? options
  const variables = deployVariables(dirname(lineage.paths.cert), lineage.names)
  await runHooks('deploy', [deployHook], variables, { directories, reporter: context.reporter })
  await updateState(directories, lineage.name, { undelivered: undefined })
  return obtained
}
