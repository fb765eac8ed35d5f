import type { CommonOptions } from '../command-spec.js'

export interface StatusOptions extends CommonOptions {
  certName?: string
  check?: string
  certPath?: string
}
