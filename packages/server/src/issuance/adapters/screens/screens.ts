/**
 * Issuance system behind its web pages, driven with the operator's client certificate.
 *
 * Everything before the upload can be repeated; from the first byte of the upload
 * on, a fault leaves the outcome unknown. Source: docs/issuance-system.md.
 */
import { type IsWanted, readReport, type ReportRow } from '@upki-gateway/shared/report'
import { FormData } from 'undici'
import type { ScreensConfig } from '../../../config.js'
import {
  type IssuanceSystem,
  NotSentError,
  OutcomeUnknownError,
  type ReportName,
  type SealedFile,
  type SubmitOutcome,
} from '../../ports/issuance-system.js'
import { loadChains } from '../chains.js'
import { parseAnswerPage } from './answer-page.js'
import { readAnswer } from './answer-text.js'
import type { Login } from './credential.js'
import { LoginKeeper } from './login-keeper.js'
import { firstChoice, type Form, Session } from './session.js'
import { type SiteProfile, siteWith } from './site-profile.js'

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

/** The connection was never made, so nothing can have arrived. */
const neverConnected = (error: unknown): boolean => {
  const code = (error as { code?: string }).code
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'UND_ERR_CONNECT_TIMEOUT'
}

class Screens implements IssuanceSystem {
  readonly id: string
  readonly worksByItself = true
  readonly chainFor: (certificatePem: string) => string[]
  readonly allChainsFor: (certificatePem: string) => string[][]
  readonly #logins: LoginKeeper

  constructor(
    private readonly config: ScreensConfig,
    private readonly site: SiteProfile,
  ) {
    this.id = config.id
    this.#logins = new LoginKeeper(config.credentialsFile)
    const { chainFor, allChainsFor } = loadChains(config.chainFiles)
    this.chainFor = chainFor
    this.allChainsFor = allChainsFor
  }

  async submit(file: SealedFile, signal: AbortSignal): Promise<SubmitOutcome> {
    return this.#visit(signal, async (session) => {
      const { form, data } = await this.#fillForm(session, file).catch((cause: unknown) => {
        throw new NotSentError(messageOf(cause), { cause })
      })
      return this.#upload(session, form, data)
    })
  }

  async #fillForm(session: Session, file: SealedFile): Promise<{ form: Form; data: FormData }> {
    const { menuCode, applyType } = this.site.uploads[file.kind]
    const form = await session.openForm(menuCode)
    const data = new FormData()
    for (const [name, value] of Object.entries(form.hidden)) data.set(name, value)
    data.set('applyType', applyType)
    data.set(this.site.errorMode, firstChoice(form, this.site.errorMode))
    const contents = new Blob([new Uint8Array(file.bytes)], { type: 'application/force-download' })
    data.set(this.site.fileField, contents, file.fileName)
    return { form, data }
  }

  async #upload(session: Session, form: Form, data: FormData): Promise<SubmitOutcome> {
    try {
      return parseAnswerPage(await session.text(await session.request(form.action, data)), this.site)
    } catch (cause) {
      if (cause instanceof OutcomeUnknownError) throw cause
      const Outcome = neverConnected(cause) ? NotSentError : OutcomeUnknownError
      throw new Outcome(`upload: ${messageOf(cause)}`, { cause })
    }
  }

  /** As it comes: ten years of certificates are hundreds of megabytes. The connection waits for whoever reads. */
  report(name: ReportName, isWanted?: IsWanted): AsyncIterable<ReportRow> {
    const { site } = this
    const signal = AbortSignal.timeout(this.config.uploadTimeoutSeconds * 1000)
    return this.#logins.visitFor(async function* (opened, signedIn) {
      const session = new Session(await usable(opened), site, signal, signedIn)
      yield* readReport(await session.download(site.reports[name]), isWanted)
    })
  }

  readAnswer(text: string, rowCount: number): SubmitOutcome {
    return readAnswer(text, this.site, rowCount)
  }

  check(): Promise<unknown> {
    return this.#visit(AbortSignal.timeout(10_000), (session) => session.openMenu())
  }

  #visit<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#logins.visit(async (opened, signedIn) =>
      work(new Session(await usable(opened), this.site, signal, signedIn)),
    )
  }

  close(): Promise<void> {
    this.#logins.forget()
    return Promise.resolve()
  }
}

const usable = (opened: Promise<Login>): Promise<Login> =>
  opened.catch((cause: unknown) => {
    throw new NotSentError(`the operator's credential could not be read: ${messageOf(cause)}`, { cause })
  })

export const makeScreens = (config: ScreensConfig): IssuanceSystem =>
  new Screens(config, siteWith(config.site))
