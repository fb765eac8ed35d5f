/**
 * What every installer can do. It finds and plans; it never writes: all writing,
 * saving, rolling back and recovering is done for all of them by deploy.ts, over
 * the journal. So an installer cannot leave a server half configured.
 */
import type { X509Certificate } from 'node:crypto'
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { Change } from '../journal/journal.js'
import type { LivePaths } from '../keystore/lineage.js'

export interface Deployment {
  certName: string
  /** DNS names of the certificate. */
  names: readonly string[]
  /** Files to configure servers with; they stay the same over renewals. */
  live: LivePaths
  redirect: boolean
  hsts: boolean
  /** Port for TLS blocks that are made. */
  httpsPort: number
  /** Folder for files of our own, such as the TLS settings. */
  settingsFolder: string
}

/** Where the certificate is to be seen. */
export interface Endpoint {
  host: string
  port: number
  /** Name sent as SNI. */
  name: string
}

/** One server (server block, VirtualHost, site) that answers for names of the certificate. */
export interface FoundServer {
  /** File and line, or what else tells an administrator which. */
  place: string
  names: readonly string[]
  tls: boolean
}

export interface Plan {
  servers: readonly FoundServer[]
  /** Empty when everything is configured already. */
  changes: readonly Change[]
  endpoints: readonly Endpoint[]
  /** What the administrator should know before. */
  notes?: readonly Bilingual[]
}

export interface Installer {
  readonly name: string
  /** Program, version and main configuration file. */
  describe(): Promise<string>
  /** Servers for the names. */
  findServers(names: readonly string[]): Promise<FoundServer[]>
  /** What has to be written so that they serve the certificate. @throws Failure when it cannot be done */
  deploy(deployment: Deployment): Promise<Plan>
  /** @throws Failure with the server's own words when it would not start with its configuration */
  test(): Promise<void>
  isRunning(): Promise<boolean>
  /** Has the running server take its configuration up, without a stop. @throws Failure */
  activate(): Promise<void>
  /**
   * Where the configuration is not in files: undoes what `activate` did, by the records among the
   * paths of a journal entry, before these are put back.
   */
  takeBack?(paths: readonly string[]): Promise<void>
  /** After the certificate was seen. @returns what the administrator should know */
  finish?(plan: Plan, chain: readonly X509Certificate[]): Promise<readonly Bilingual[]>
}

export interface InstallerOptions {
  installer?: string
  nginxCtl?: string
  nginxServerRoot?: string
  apacheCtl?: string
  filesFullchain?: string
  filesCert?: string
  filesChain?: string
  filesKey?: string
  filesOwner?: string
  filesMode?: string
  testCommand?: string
  reloadCommand?: string
  check?: string
}
