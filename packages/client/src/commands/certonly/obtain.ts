/**
 * Obtaining a certificate: from the command line to files in place.
 *
 * The order of steps is what makes it safe to kill: the order is on disk with its
 * key before finalize, the chain before it is read, the files before the order is
 * forgotten. Each run begins by looking how far the last one came.
 */
import { AcmeProblem } from '../../acme/acme-problem.js'
import { OrderInvalid } from '../../acme/order.js'
import { chooseDirectories, paths, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { mustReadLineage, readLineage, type Lineage } from '../../keystore/lineages.js'
import { acquireLock } from '../../keystore/lock.js'
import {
  readPendingOrder,
  removePendingOrder,
  setAsidePendingOrder,
  type PendingOrder,
} from '../../keystore/pending-order.js'
import { Failure } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'
import { readEab } from './eab-options.js'
import { ChallengesFailed } from '../../acme/prove-names.js'
import { openProver } from '../../authenticators/open-authenticator.js'
import { savedOptions } from '../../renewal/renewal-config.js'
import { chooseAuthenticator } from '../challenge-options.js'
import { checkSameOrder, mayKeep } from './existing.js'
import { collectCertificate, installCertificate } from './finish-order.js'
import { openSession } from './open-session.js'
import { openTransport } from './open-transport.js'
import { Patience } from './patience.js'
import { chooseCertName, readRequest, type CertificateRequest, type CertonlyOptions } from './request.js'
import { startOrder } from './start-order.js'

/** One run: the options and what was found out from them. */
interface Run {
  options: CertonlyOptions
  context: Context
  directories: Directories
  certName: string
  /** Called when the server is about to be asked for a certificate. */
  beforeOrder: () => Promise<void>
}

export interface Obtained {
  lineage: Lineage
  /** `kept`: the one in place serves. */
  outcome: 'issued' | 'kept'
}

export async function obtainCertificate(
  options: CertonlyOptions,
  context: Context,
  beforeOrder: () => Promise<void> = () => Promise.resolve(),
): Promise<Obtained> {
  const certName = chooseCertName(options)
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const lock = await acquireLock(paths.lock(directories, certName))
  try {
    return await runLocked({ options, context, directories, certName, beforeOrder })
  } finally {
    lock.release()
  }
}

async function runLocked(run: Run): Promise<Obtained> {
  const pending = await currentOrder(run)
  const request = await readRequest(run.options, pending?.record)
  if (pending) checkSameOrder(pending.record, request, run.certName)
  const kept = pending ? undefined : await keepExisting(run, request)
  if (kept) return { lineage: kept, outcome: 'kept' }
  const collected = pending?.chain ? pending : await collect(run, request, pending)
  await installCertificate(run.directories, run.certName, collected, run.context.now())
  return { lineage: await mustReadLineage(run.directories, run.certName), outcome: 'issued' }
}

async function currentOrder({ directories, certName, options, context }: Run) {
  const pending = await readPendingOrder(directories, certName)
  if (!pending || !options.abandonOrder) return pending
  const place = await setAsidePendingOrder(pending, context.now())
  context.reporter.say({
    en: `The order of ${pending.record.orderedAt} was put aside in ${place}.`,
    ja: `${pending.record.orderedAt} の注文を ${place} に移しました。`,
  })
  return undefined
}

async function keepExisting(run: Run, request: CertificateRequest): Promise<Lineage | undefined> {
  const lineage = await readLineage(run.directories, run.certName)
  const serves = lineage && mayKeep(lineage, request, { ...run.options, now: run.context.now() })
  return serves ? lineage : undefined
}

/** Talks to the server until the chain is on disk. */
async function collect(
  run: Run,
  request: CertificateRequest,
  underWay: PendingOrder | undefined,
): Promise<PendingOrder> {
  await run.beforeOrder()
  const transport = openTransport(run.directories, request, run.context)
  let pending = underWay
  try {
    const { options, directories, certName, context } = run
    const eab = await readEab(options, context.reporter)
    const open = await openSession(directories, request.server, transport, {
      id: pending?.record.accountId ?? request.accountId,
      kid: pending ? undefined : (eab?.kid ?? options.eabKid),
      eab,
      email: options.email,
      agreeTos: options.agreeTos === true,
    })
    if (pending) tellResumption(run, pending)
    const settings = settingsFor(run, request, pending)
    const prover = openProver(settings, context)
    pending ??= await startOrder({ directories, certName, open, request, prover, settings, context })
    const { preferredChain } = settings
    return await collectCertificate(pending, open.session, {
      waiting: patience(run, pending),
      prover,
      preferredChain,
    })
  } catch (error) {
    if (pending && isOver(error)) await removePendingOrder(pending)
    throw run.context.signal.aborted ? interrupted(run, pending, error) : error
  } finally {
    await transport.close()
  }
}

/** What renewals repeat: as given now, else as given when the order began. */
function settingsFor({ options }: Run, { names }: CertificateRequest, pending: PendingOrder | undefined) {
  const given = savedOptions(chooseAuthenticator({ ...options, domains: [...names] }))
  return { ...pending?.record.settings, ...given } as Record<string, string>
}

/** The key is of no more use: the order ended, or its CSR was not taken. */
const isOver = (error: unknown) =>
  error instanceof OrderInvalid ||
  error instanceof ChallengesFailed ||
  (error instanceof AcmeProblem && error.type === 'badCSR')

const patience = (run: Run, { record }: PendingOrder) =>
  new Patience({
    reporter: run.context.reporter,
    signal: run.context.signal,
    wait: run.options.wait,
    timeoutSeconds: run.options.timeout,
    orderUrl: record.url,
    goOn: goOnCommand(run),
  })

function tellResumption({ context }: Run, { record }: PendingOrder): void {
  context.reporter.say({
    en: `Going on with the order of ${record.orderedAt} and its key.`,
    ja: `${record.orderedAt} の注文を、同じ鍵で続けます。`,
  })
}

function interrupted(run: Run, pending: PendingOrder | undefined, cause: unknown): Failure {
  const text = pending
    ? {
        en: `Interrupted. The order goes on at the server; key and order are kept. Go on with: ${goOnCommand(run)}`,
        ja: `中断しました。サーバでの処理は続きます。鍵と注文は保存されています。続けるには: ${goOnCommand(run)}`,
      }
    : { en: 'Interrupted, before anything was applied for.', ja: '申請を送る前に中断しました。' }
  return new Failure('interrupted', text, { cause })
}

function goOnCommand({ options, certName }: Run): string {
  const { configDir, workDir } = options
  const places = [
    ...(configDir ? ['--config-dir', configDir] : []),
    ...(workDir ? ['--work-dir', workDir] : []),
  ]
  return ['upki-client certonly --cert-name', certName, ...places.map(quote)].join(' ')
}

/** Quoted for a POSIX shell where needed. */
const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
