/** Brings a certificate that is on disk to its server, and keeps in mind how far that came. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseChain } from '../acme/certificate-chain.js'
import type { Directories } from '../keystore/directories.js'
import { liveVersion, pointLive } from '../keystore/live-links.js'
import type { Lineage } from '../keystore/lineages.js'
import { checkCertificate } from '../keystore/check-certificate.js'
import { noFailure, updateState } from '../renewal/deployment-state.js'
import { Failure } from '../terminal/failure.js'
import type { Reporter } from '../terminal/reporter.js'
import type { Deployment, Installer } from './contract.js'
import { deployCertificate, type Deployed } from './deploy.js'

export interface InstallContext {
  directories: Directories
  reporter: Reporter
  now: Date
  dryRun?: boolean
}

export interface TlsWishes {
  redirect?: boolean
  hsts?: boolean
  httpsPort?: number
}

/** As a renewal configuration keeps them. */
export const readTlsWishes = ({ redirect, hsts, httpsPort }: KeptTlsWishes): TlsWishes => ({
  redirect: redirect === 'true',
  hsts: hsts === 'true',
  httpsPort: httpsPort === undefined ? undefined : Number(httpsPort),
})

type KeptTlsWishes = Partial<Record<keyof TlsWishes, string>>

export async function installLineage(
  installer: Installer,
  lineage: Lineage,
  wishes: TlsWishes,
  context: InstallContext,
): Promise<Deployed> {
  const { directories, now } = context
  const chain = parseChain(await readFile(lineage.paths.fullchain, 'utf8'))
  const privateKey = await readFile(lineage.paths.privkey, 'utf8')
  refuseUnusable(checkCertificate(chain, { privateKey, names: lineage.names, now }), lineage.name)
  const deployed = await deployCertificate(
    installer,
    toDeployment(lineage, wishes, directories),
    chain,
    context,
  )
  if (context.dryRun) return deployed
  const step = { serial: lineage.serial, at: now.toISOString() }
  const seen = deployed.state === 'seen' ? { seen: step } : {}
  const { blind } = deployed
  const done = { installed: step, ...seen, blind, waiting: undefined, ...noFailure }
  await updateState(directories, lineage.name, done)
  return deployed
}

/**
 * The same for a renewal: when the server does not take the new version, the
 * links go back to the old one, which it still has, and the new one waits.
 */
export async function installRenewed(
  installer: Installer,
  lineage: Lineage,
  { previous, wishes }: { previous: number | undefined; wishes: TlsWishes },
  context: InstallContext,
): Promise<Deployed> {
  const { directories } = context
  const version = await liveVersion(directories, lineage.name)
  try {
    return await installLineage(installer, lineage, wishes, context)
  } catch (error) {
    if (previous === undefined || version === undefined || previous === version) throw error
    await pointLive(directories, lineage.name, previous)
    await updateState(directories, lineage.name, { waiting: version })
    await bringBack(installer, error)
    throw error
  }
}

async function bringBack(installer: Installer, reason: unknown): Promise<void> {
  try {
    await installer.test()
    if (await installer.isRunning()) await installer.activate()
  } catch (error) {
    throw new Failure('failed', (reason instanceof Failure ? reason : (error as Failure)).text, {
      cause: error,
    })
  }
}

const toDeployment = (
  { name, names, paths }: Lineage,
  { redirect = false, hsts = false, httpsPort = 443 }: TlsWishes,
  { config }: Directories,
): Deployment => ({
  certName: name,
  names,
  live: paths,
  redirect,
  hsts,
  httpsPort,
  settingsFolder: join(config, 'settings'),
})

function refuseUnusable(reasons: ReturnType<typeof checkCertificate>, name: string): void {
  if (reasons.length === 0) return
  const list = (language: 'en' | 'ja') => reasons.map((reason) => `\n  - ${reason[language]}`).join('')
  throw new Failure('failed', {
    en: `The certificate ${name} must not be installed:${list('en')}`,
    ja: `証明書 ${name} は設置できません:${list('ja')}`,
  })
}
