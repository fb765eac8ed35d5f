/**
 * From a certificate on disk to one on the wire, for every installer alike.
 *
 * Recover what an earlier run left → the configuration must be good before we
 * touch it → plan → save copies → write → test → reload → look from outside →
 * done. Whatever fails after the copies were saved, they are put back and the
 * server reloads its old state within the same run.
 */
import { dirname } from 'node:path'
import type { X509Certificate } from 'node:crypto'
import type { Bilingual } from '@upki-gateway/shared/problem'
import {
  hasOpenEntry,
  listEntries,
  markEntry,
  openEntry,
  restoreEntry,
  type Entry,
} from '../journal/journal.js'
import { putSnapshot } from '../journal/snapshot.js'
import { makePrivateDirectory } from '../keystore/atomic-file.js'
import { paths, type Directories } from '../keystore/directories.js'
import { acquireLock } from '../keystore/lock.js'
import { explainFileTrouble } from '../terminal/file-trouble.js'
import { Failure } from '../terminal/failure.js'
import type { Reporter } from '../terminal/reporter.js'
import type { Deployment, FoundServer, Installer, Plan } from './contract.js'
import { checkEndpoints } from './handshake.js'

export interface DeployContext {
  directories: Directories
  reporter: Reporter
  now: Date
  dryRun?: boolean
}

export interface Deployed {
  /** Undefined when nothing had to be written. */
  entry?: number
  /** `seen` on the wire; `installed` only, because nobody could look; `planned` by a dry run. */
  state: 'seen' | 'installed' | 'planned'
  /** The server runs, but no address is known where a later run could see more. */
  blind: boolean
  servers: readonly FoundServer[]
}

/** @throws Failure when the server does not show the certificate; its configuration is then as before */
export async function deployCertificate(
  installer: Installer,
  deployment: Deployment,
  chain: readonly X509Certificate[],
  context: DeployContext,
): Promise<Deployed> {
  const lock = await acquireLock(paths.lock(context.directories, 'installers'))
  try {
    await recover(installer, context)
    await testBefore(installer)
    const plan = await installer.deploy(deployment)
    for (const note of plan.notes ?? []) context.reporter.warn(note)
    if (context.dryRun) return { state: 'planned', blind: false, servers: plan.servers }
    return await carryOut(installer, plan, deployment.certName, { ...context, chain })
  } finally {
    lock.release()
  }
}

async function testBefore(installer: Installer): Promise<void> {
  try {
    await installer.test()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure('failed', {
      en: `The configuration is broken already, so nothing was changed. Repair it first.\n${error.text.en}`,
      ja: `設定がすでに壊れているため、何も変更していません。先に直してください。\n${error.text.ja}`,
    })
  }
}

interface CarryOut extends DeployContext {
  chain: readonly X509Certificate[]
}

async function carryOut(
  installer: Installer,
  plan: Plan,
  certName: string,
  context: CarryOut,
): Promise<Deployed> {
  const running = await installer.isRunning()
  const entry =
    plan.changes.length > 0
      ? await openEntry(
          context.directories,
          { installer: installer.name, certName, now: context.now },
          plan.changes,
        )
      : undefined
  let reloaded = false
  try {
    await write(plan)
    await installer.test()
    reloaded = running
    if (running) await showOnTheWire(installer, plan, context.chain)
    if (entry) await markEntry(entry, 'done')
  } catch (error) {
    // A server that was not told of the new files still works with the old ones.
    await undo(installer, entry, reloaded, error)
  }
  if (running) await finish(installer, plan, context)
  else tellStopped(installer, context.reporter)
  const blind = running && plan.endpoints.length === 0
  if (blind) tellBlind(context.reporter)
  const state = running && !blind ? 'seen' : 'installed'
  return { entry: entry?.number, state, blind, servers: plan.servers }
}

/** The certificate is in use: what goes wrong from here on takes nothing back. */
async function finish(installer: Installer, plan: Plan, { chain, reporter }: CarryOut): Promise<void> {
  try {
    for (const note of (await installer.finish?.(plan, chain)) ?? []) reporter.warn(note)
  } catch (error) {
    reporter.warn(textOf(error))
  }
}

async function write({ changes }: Plan): Promise<void> {
  for (const { path, after } of changes) {
    try {
      await makePrivateDirectory(dirname(path))
      await putSnapshot(path, after)
    } catch (error) {
      throw new Failure('failed', explainFileTrouble(error, path) ?? textOf(error), { cause: error })
    }
  }
}

async function showOnTheWire(
  installer: Installer,
  plan: Plan,
  chain: readonly X509Certificate[],
): Promise<void> {
  await installer.activate()
  const findings = await checkEndpoints(plan.endpoints, chain)
  if (findings.length === 0) return
  const list = (language: 'en' | 'ja') => findings.map((finding) => `\n  - ${finding[language]}`).join('')
  throw new Failure('failed', {
    en: `After the reload the server does not show the certificate:${list('en')}`,
    ja: `再読み込み後も、サーバがこの証明書を送りません:${list('ja')}`,
  })
}

/** Puts the old state back and throws the reason, with what became of the server. */
async function undo(
  installer: Installer,
  entry: Entry | undefined,
  reloaded: boolean,
  reason: unknown,
): Promise<never> {
  if (!entry) throw reason
  try {
    await putBack(installer, entry)
    if (reloaded) await installer.activate()
  } catch (second) {
    throw new Failure('failed', both(textOf(reason), textOf(second), entry), { cause: second })
  }
  const text = textOf(reason)
  throw new Failure(
    'failed',
    {
      en: `${text.en}\nThe configuration is back as it was before, byte for byte.`,
      ja: `${text.ja}\n設定は元どおり (1 バイトも違わない状態) に戻しました。`,
    },
    { cause: reason },
  )
}

const both = (first: Bilingual, second: Bilingual, { folder }: Entry): Bilingual => ({
  en: `${first.en}\nPutting the old configuration back met this: ${second.en}\nThe copies are in ${folder}; the next run tries again.`,
  ja: `${first.ja}\n元の設定へ戻す途中で次のエラーが起きました: ${second.ja}\n控えは ${folder} にあります。次の実行で再試行します。`,
})

function textOf(error: unknown): Bilingual {
  if (error instanceof Failure) return error.text
  const { message } = error as Error
  return explainFileTrouble(error) ?? { en: message, ja: message }
}

export async function putBack(installer: Installer | undefined, entry: Entry): Promise<void> {
  await installer?.takeBack?.(entry.paths.map(({ path }) => path))
  await restoreEntry(entry)
}

/** Puts back what a run that was killed had begun to change. */
export async function recover(installer: Installer, { directories, reporter }: DeployContext): Promise<void> {
  if (!(await hasOpenEntry(directories))) return
  for (const entry of (await listEntries(directories)).reverse()) {
    if (entry.state !== 'open' || entry.installer !== installer.name) continue
    await putBack(installer, entry)
    reporter.warn({
      en: `A change of ${entry.at} was cut short; its ${entry.paths.length} files are back as they were.`,
      ja: `${entry.at} の変更が途中で終わっていたため、${entry.paths.length} 個のファイルを元に戻しました。`,
    })
    if (await installer.isRunning()) await installer.activate()
  }
}

function tellStopped({ name }: Installer, reporter: Reporter): void {
  reporter.warn({
    en: `${name} is not running and was not started; the certificate is configured and shows when it starts.`,
    ja: `${name} は動いておらず、起動もしていません。証明書は設定済みで、起動すると使われます。`,
  })
}

function tellBlind(reporter: Reporter): void {
  reporter.warn({
    en: 'No address is known where the service shows the certificate, so it was not looked at, and a gateway is not told that it is in use. Give --check HOST:PORT, or look later with "upki-client status --check HOST:PORT".',
    ja: '証明書を使うサービスの接続先が分からないため、TLS では確認しておらず、使用開始をゲートウェイに伝えません。--check HOST:PORT を指定するか、後で "upki-client status --check HOST:PORT" で確認してください。',
  })
}
