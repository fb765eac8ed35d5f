/** Which certificates there is something to do for, and what. */
import { readFile } from 'node:fs/promises'
import type { Directories } from '../../keystore/directories.js'
import type { Lineage } from '../../keystore/lineages.js'
import { readPendingOrder } from '../../keystore/pending-order.js'
import { readState, updateState, type DeploymentState } from '../../renewal/deployment-state.js'
import { isDue, isPaused, type SuggestedWindow } from '../../renewal/due.js'
import { readRenewalConfig, type RenewalParameters } from '../../renewal/renewal-config.js'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import type { Context } from '../command-spec.js'
import type { RenewOptions } from './options.js'

export interface Task {
  lineage: Lineage
  parameters: RenewalParameters
  state: DeploymentState
  /** `install`: issued before, not brought to its server or services yet. `skip`: nothing to do. `pause`: after failures. */
  action: 'order' | 'install' | 'skip' | 'pause'
}

export async function selectTask(
  directories: Directories,
  lineage: Lineage,
  options: RenewOptions,
  context: Context,
): Promise<Task | undefined> {
  const parameters = await readRenewalConfig(directories, lineage.name)
  if (!parameters) return undefined
  const state = await readState(directories, lineage.name)
  const task = { lineage, parameters, state }
  const now = context.now()
  if (options.forceRenewal) return { ...task, action: 'order' }
  const wants = await wanted(directories, task, context)
  return { ...task, action: wants !== 'skip' && isPaused(state, lineage, now) ? 'pause' : wants }
}

async function wanted(
  directories: Directories,
  task: Omit<Task, 'action'>,
  context: Context,
): Promise<'order' | 'install' | 'skip'> {
  const { lineage, parameters, state } = task
  if (state.waiting !== undefined) return 'install'
  if (await readPendingOrder(directories, lineage.name)) return 'order'
  const window = await adviceFor(directories, task, context)
  if (isDue(lineage, lineage.serial, window, context.now())) return 'order'
  if (state.undelivered === lineage.serial) return 'install'
  const { installer = 'none', check } = parameters
  return installer === 'none' || isInUse(lineage, state, check) ? 'skip' : 'install'
}

/** Seen on the wire; or installed, where there is nowhere to look. */
const isInUse = ({ serial }: Lineage, { installed, seen, blind }: DeploymentState, check?: string) =>
  seen?.serial === serial || (blind === true && check === undefined && installed?.serial === serial)

/** What ARI says, from memory while that holds. */
async function adviceFor(
  directories: Directories,
  { lineage, parameters, state }: Omit<Task, 'action'>,
  context: Context,
): Promise<SuggestedWindow | undefined> {
  const { advice } = state
  const now = context.now()
  if (advice && new Date(advice.until) > now)
    return advice.window && { start: new Date(advice.window.start), end: new Date(advice.window.end) }
  const { window, askAgainSeconds } = await ask(directories, lineage, parameters, context)
  const until = new Date(now.getTime() + askAgainSeconds * 1000).toISOString()
  const kept = window && { start: window.start.toISOString(), end: window.end.toISOString() }
  await updateState(directories, lineage.name, { advice: { until, window: kept } })
  return window
}

async function ask(
  directories: Directories,
  lineage: Lineage,
  parameters: RenewalParameters,
  context: Context,
) {
  const { askRenewalInfo } = await import('../../renewal/ari.js')
  const { openTransport } = await import('../certonly/open-transport.js')
  const server = parseDirectoryUrl(parameters.server, true)
  const trustedCas = parameters.caFile && (await readFile(parameters.caFile, 'utf8').catch(() => undefined))
  const transport = openTransport(directories, { server, trustedCas }, context)
  try {
    return await askRenewalInfo(transport, server, await readFile(lineage.paths.cert, 'utf8'))
  } finally {
    await transport.close()
  }
}
