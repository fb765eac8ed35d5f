import type { CommonOptions } from '../command-spec.js'
import type { HookOptions } from '../hook-options.js'

export interface RenewOptions extends CommonOptions, HookOptions {
  certName?: string
  forceRenewal?: boolean
  dryRun?: boolean
  timeout: number
  randomSleepOnRenew?: boolean
  failureHook?: string
  failureMail?: string
  sendmail?: string
  installTimer?: boolean
}
