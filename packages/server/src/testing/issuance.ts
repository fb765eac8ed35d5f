/**
 * The life cycle on a store of its own, without workers: a test takes each step itself,
 * answers for the issuance system, and says what time it is.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApplicationInput } from '@upki-gateway/shared/application'
import type { IsWanted, ReportRow } from '@upki-gateway/shared/report'
import { pino } from 'pino'
import { type Config, loadConfig } from '../config.js'
import { makeVault } from '../files/secret-key.js'
import { acceptApplications } from '../issuance/accept-applications.js'
import type { Environment } from '../issuance/ports/environment.js'
import { unobserved } from '../issuance/ports/observer.js'
import { untraced } from '../issuance/ports/trace.js'
import type { IssuanceSystem, SealedFile, SubmitOutcome } from '../issuance/ports/issuance-system.js'
import { openStore } from '../store/database.js'
import type { ApplicationRow } from '../store/tables.js'
import { placeStore } from './store-template.js'

/** What the issuance system does in this test; each may be replaced at any time. */
export interface Upstream {
  submit(file: SealedFile, signal: AbortSignal): Promise<SubmitOutcome>
  report(): Promise<Partial<ReportRow>[]>
  chainFor(certificatePem: string): string[]
}

export interface TestIssuance {
  env: Environment
  upstream: Upstream
  /** Lets time pass. */
  pass(seconds: number): void
  /** Sets the wall clock, forwards or back, while no time passes. */
  jump(seconds: number): void
  /** Applies for certificates, one row for each CSR; all are queued. @throws with the findings */
  apply(...csrs: string[]): Promise<ApplicationRow[]>
  look(): Promise<ApplicationRow[]>
  batches(): Promise<{ state: string; submissions: number; bytes: Buffer }[]>
  /** Forgets what earlier tests left, except the audit log. */
  clear(): Promise<void>
  close(): Promise<void>
}

const accepted = (): Promise<SubmitOutcome> => Promise.resolve({ outcome: 'accepted' })

/** Asks of every row whether it is wanted, and leaves none out. */
async function* listed(
  rows: Promise<Partial<ReportRow>[]>,
  isWanted: IsWanted = () => true,
): AsyncIterable<ReportRow> {
  for (const row of await rows) {
    isWanted({ csrEnd: '', subjectDn: '', serial: '', oldSerial: '', csr: '', status: 'unknown', ...row })
    yield row as ReportRow
  }
}

const systemOf = (upstream: Upstream): IssuanceSystem => ({
  id: 'simulator',
  worksByItself: true,
  submit: (file, signal) => upstream.submit(file, signal),
  report: (_name, isWanted) => listed(upstream.report(), isWanted),
  readAnswer: () => ({ outcome: 'accepted' }),
  chainFor: (pem) => upstream.chainFor(pem),
  allChainsFor: (pem) => [upstream.chainFor(pem)],
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
})

function first<T>(items: readonly T[]): T {
  if (items[0] === undefined) throw new Error('The configuration is empty')
  return items[0]
}

function environmentOf(
  config: Config,
  db: Environment['db'],
  upstream: Upstream,
  clocks: Pick<Environment, 'now' | 'elapsedMs'>,
): Environment {
  return {
    config,
    db,
    vault: makeVault(Buffer.alloc(32)),
    ...clocks,
    ring: () => {},
    log: pino({ level: 'silent' }),
    observe: unobserved,
    trace: untraced,
    organisation: () => first(config.organisations),
    issuanceSystem: () => systemOf(upstream),
    settings: () => first(config.issuanceSystems),
  }
}

const inputWith = (csr: string): ApplicationInput => ({
  fields: {
    csr: csr.replace(/-----[^-]+-----|\s/g, ''),
    subscriberEmail: 'taro@example.ac.jp',
    software: 'nginx 1.26',
  },
})

/** @throws with the findings unless every row is accepted */
async function accept(env: Environment, csrs: readonly string[]): Promise<ApplicationRow[]> {
  const request = { organisation: 'example', actor: 'token:test', approvedByActor: true }
  return env.db.transaction().execute(async (trx) => {
    const outcome = await acceptApplications(env, trx, { ...request, inputs: csrs.map(inputWith) })
    if (!outcome.accepted) throw new Error(JSON.stringify(outcome.findings))
    const ids = outcome.applications.map(({ id }) => id)
    return trx.selectFrom('applications').selectAll().where('id', 'in', ids).orderBy('id').execute()
  })
}

export async function openTestIssuance(): Promise<TestIssuance> {
  const directory = mkdtempSync(join(tmpdir(), 'upki-issuance-'))
  const config = loadConfig({ UPKI_DATA_DIR: directory })
  await placeStore(directory)
  const store = await openStore(config)
  let [passed, jumped] = [0, 0]
  const willing: Upstream = { submit: accepted, report: () => Promise.resolve([]), chainFor: () => [] }
  const upstream = { ...willing }
  const env = environmentOf(config, store.db, upstream, {
    now: () => new Date(Date.now() + passed + jumped),
    // Only what the test lets pass: it may take as long as it likes.
    elapsedMs: () => passed,
  })
  const look = () => env.db.selectFrom('applications').selectAll().orderBy('id').execute()
  return {
    env,
    upstream,
    look,
    pass: (seconds) => void (passed += seconds * 1000),
    jump: (seconds) => void (jumped += seconds * 1000),
    apply: (...csrs) => accept(env, csrs),
    batches: () =>
      env.db.selectFrom('batches').select(['state', 'submissions', 'bytes']).orderBy('sealed_at').execute(),
    clear: async () => {
      jumped = 0
      Object.assign(upstream, willing)
      for (const table of ['certificates', 'applications', 'kept_pages', 'batches'] as const)
        await env.db.deleteFrom(table).execute()
    },
    close: async () => {
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
