/**
 * Obtaining a certificate: from the command line to files in place.
 *
 * The order of steps is what makes it safe to kill: the order is on disk with its
 * key before finalize, the chain before it is read, the files before the order is
 * forgotten. Each run begins by looking how far the last one came.
 */
import type { X509Certificate } from 'node:crypto'
import { AcmeProblem } from '../../acme/acme-problem.js'
import { OrderInvalid } from '../../acme/order.js'
import type { Transport } from '../../acme/transport.js'
import { chooseDirectories, paths, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { DamagedLineage, mustReadLineage, readLineage, type Lineage } from '../../keystore/lineages.js'
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
import { updateState } from '../../renewal/deployment-state.js'
import { savedOptions, type SavedOptions } from '../../renewal/renewal-config.js'
import { chooseAuthenticator } from '../challenge-options.js'
import { accountQuestions } from './account-questions.js'
import { askAboutExisting, askAuthenticator, askForMissing } from './questions.js'
import { checkSameOrder, mayKeep } from './existing.js'
import { openKeyTo } from '../../keystore/key-access.js'
import { checkP12, writeP12, type P12Options } from './write-p12.js'
import { writeCertificateFiles, type WrittenFiles } from './csr-order.js'
import { collectCertificate, hasUsableChain, installCertificate, readCollected } from './finish-order.js'
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

type BeforeOrder = Run['beforeOrder']

export async function obtainCertificate(
  given: CertonlyOptions,
  context: Context,
  beforeOrder: BeforeOrder = () => Promise.resolve(),
): Promise<Obtained> {
  const options = await askForMissing(given, context)
  checkP12(options, context)
  const certName = chooseCertName(options)
  return locked({ options, context, certName, beforeOrder }, runLocked)
}

/**
 * Orders, and goes no further: whoever wants several lets them wait together. What
 * is under way stays as it is; `obtainCertificate` goes on with it.
 */
export function beginOrder(given: CertonlyOptions, context: Context): Promise<void> {
  const options = { ...given, wait: false }
  const beforeOrder = () => Promise.resolve()
  return locked({ options, context, certName: chooseCertName(options), beforeOrder }, async (run) => {
    if (await currentOrder(run)) return
    try {
      await collect(run, await readRequest(options, undefined), undefined)
    } catch (error) {
      if (!(error instanceof Failure && error.outcome === 'pending')) throw error
    }
  })
}

export interface ObtainedFiles {
  files: WrittenFiles
  leaf?: X509Certificate
}

/** The same for a CSR that was brought along: plain files are all that becomes of it. */
export function obtainForCsr(
  options: CertonlyOptions,
  orderName: string,
  context: Context,
  beforeOrder: BeforeOrder,
): Promise<ObtainedFiles> {
  return locked({ options, context, certName: orderName, beforeOrder }, async (run) => {
    const pending = await currentOrder(run)
    const request = await readRequest(options, pending?.record)
    const collected = collectedBefore(run, pending) ?? (await collect(run, request, pending))
    const chain = readCollected(collected, context.now())
    const files = await writeCertificateFiles(chain, options)
    await keepConfirmation(run, collected, chain[0]?.serialNumber ?? '')
    await removePendingOrder(collected)
    return { files, leaf: chain[0] }
  })
}

/** For `status --check`, which looks whether a certificate for a foreign key is in use. */
async function keepConfirmation({ directories, certName }: Run, { record }: PendingOrder, serial: string) {
  const { confirmUrl: url, server, accountId: account, caFile } = record
  if (url)
    await updateState(directories, certName, {
      confirm: { url, serial },
      orderedBy: { server, account, caFile },
    })
}

async function locked<T>(given: Omit<Run, 'directories'>, work: (run: Run) => Promise<T>): Promise<T> {
  const { options, certName } = given
  const { configDir, workDir, logsDir } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const lock = await acquireLock(paths.lock(directories, certName))
  try {
    return await work({ ...given, directories })
  } finally {
    lock.release()
  }
}

async function runLocked(run: Run): Promise<Obtained> {
  const pending = await currentOrder(run)
  const request = await readRequest(run.options, pending?.record)
  if (pending) checkSameOrder(pending.record, request, run.certName)
  const kept = pending ? undefined : await keepExisting(run, request)
  if (kept) {
    await bringToForm(run, kept, savedOptions(run.options), run.options)
    return { lineage: kept, outcome: 'kept' }
  }
  const collected = collectedBefore(run, pending) ?? (await collect(run, request, pending))
  await installCertificate(run.directories, run.certName, collected, run.context.now())
  const lineage = await mustReadLineage(run.directories, run.certName)
  await bringToForm(run, lineage, collected.record.settings, run.options)
  return { lineage, outcome: 'issued' }
}

/** With the chain that an earlier run downloaded, where that can be used; one that was cut off is asked for again. */
const collectedBefore = ({ context }: Run, pending: PendingOrder | undefined) =>
  pending && hasUsableChain(pending, context.now()) ? pending : undefined

/** Owner of the key and PKCS#12, as asked now or when the order began. */
async function bringToForm(
  { directories, context }: Run,
  lineage: Lineage,
  settings: SavedOptions = {},
  options: P12Options = {},
) {
  const { reporter } = context
  await openKeyTo(directories, lineage.name, settings, reporter)
  await writeP12(lineage, { ...settings, ...(options.p12 ? options : {}) }, context)
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
  const lineage = await readExisting(run)
  if (!lineage) return undefined
  const wishes = await askAboutExisting(run.options, lineage, request.names, run.context)
  const serves = mayKeep(lineage, request, { ...wishes, now: run.context.now() })
  return serves ? lineage : undefined
}

/** None, where it is damaged and whoever knows that orders anew. */
async function readExisting({ directories, certName, options }: Run): Promise<Lineage | undefined> {
  try {
    return await readLineage(directories, certName)
  } catch (error) {
    if (error instanceof DamagedLineage && options.forceRenewal) return undefined
    throw error
  }
}

/** With the account that the order began with, or the one that is asked for. */
async function openFor(
  { options, directories, context }: Run,
  request: CertificateRequest,
  transport: Transport,
  pending: PendingOrder | undefined,
) {
  const eab = await readEab(options, context.reporter)
  return openSession(directories, request.server, transport, {
    id: pending?.record.accountId ?? request.accountId,
    kid: pending ? undefined : (eab?.kid ?? options.eabKid),
    eab,
    email: options.email,
    agreeTos: options.agreeTos === true,
    questions: accountQuestions(context.prompter),
  })
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
    const { directories, certName, context } = run
    const open = await openFor(run, request, transport, pending)
    if (pending) tellResumption(run, pending)
    const isGateway = open.session.directory.meta?.upki !== undefined
    const settings = await settingsFor(run, request, pending, isGateway)
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
async function settingsFor(
  { options, context }: Run,
  { names }: CertificateRequest,
  pending: PendingOrder | undefined,
  isGateway: boolean,
) {
  let chosen = chooseAuthenticator({ ...options, domains: [...names] })
  const isOpen = !isGateway && !pending && chosen.authenticator === undefined
  if (isOpen && context.prompter)
    chosen = chooseAuthenticator({ ...chosen, ...(await askAuthenticator(options, context.prompter)) })
  const given = savedOptions(chosen)
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
