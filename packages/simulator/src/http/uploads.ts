/**
 * POST of an upload form: checked, registered and answered, with the faults that knobs order.
 *
 * Check and registration are one step without a pause, so of two uploads at once the
 * second is judged with the first one's rows known. The answer waits until they are on disk.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { screens, type Screen } from '../applications/kinds.js'
import { fileFault } from '../checks/errors.js'
import { checkUpload } from '../checks/upload.js'
import type { KnobBoard } from '../knobs/knobs.js'
import { completionPage, errorPage, fileErrorPage, type Answer } from '../pages/answer.js'
import { errorModes, root, tokenField } from '../pages/screens.js'
import type { RegistryService } from '../registry/service.js'
import { PageError, sendPage, type OperatorExchange } from './exchange.js'
import { readMultipart, type MultipartForm } from './form.js'
import { useToken, type Sessions } from './sessions.js'

/** Uploads since the process started. */
export interface UploadCounts {
  received: number
  registered: number
  refused: number
  cutBefore: number
  lostAnswers: number
}

const isEvery = (nth: number, count: number) => nth > 0 && count % nth === 0

export class Uploads {
  readonly counts: UploadCounts = { received: 0, registered: 0, refused: 0, cutBefore: 0, lostAnswers: 0 }

  constructor(
    private readonly service: RegistryService,
    private readonly sessions: Sessions,
    private readonly knobs: KnobBoard,
    private readonly onRegistered: () => void,
  ) {}

  async handle(exchange: OperatorExchange): Promise<void> {
    const screen = screens.find(({ menuCode }) => exchange.path === `${root}/${menuCode}.do`)
    if (!screen) throw new PageError(404, 'エラー', '画面が存在しません。')
    const session = this.sessions.require(exchange)
    const form = await readMultipart(exchange)
    useToken(session, form.fields.get(tokenField))
    const number = ++this.counts.received
    await pause(this.knobs.values.uploadDelayMs)
    if (isEvery(this.knobs.values.cutBefore, number)) {
      this.counts.cutBefore++
      exchange.response.destroy()
      return
    }
    this.answer(exchange, await this.take(exchange, screen, form), number)
  }

  /** Checks and registers; resolves to the answer page once everything is on disk. */
  private async take(
    { organisation }: OperatorExchange,
    screen: Screen,
    form: MultipartForm,
  ): Promise<string> {
    const kind = screen.applyTypes[form.fields.get('applyType') ?? '']?.kind
    if (!kind) return this.refuse(fileErrorPage(screen, fileFault('applyType')))
    const history = this.service.registry.historyOf(organisation.id)
    const rows = checkUpload(kind, form.file, organisation, history)
    if ('code' in rows) return this.refuse(fileErrorPage(screen, rows))
    const answer = { screen, kind, organisation, rows }
    const isFaultless = rows.every(({ faults }) => faults.length === 0)
    const isPartial = form.fields.get('errorFlg') === errorModes.registerFaultless
    if (!isFaultless && !isPartial) return this.refuse(errorPage(answer, false))
    await this.register(answer)
    return isFaultless ? completionPage(answer) : errorPage(answer, true)
  }

  private refuse(html: string): string {
    this.counts.refused++
    return html
  }

  private async register({ kind, organisation, rows }: Answer): Promise<void> {
    const faultless = rows.filter(({ faults }) => faults.length === 0)
    if (faultless.length > 0) await this.service.register(kind, organisation, faultless)
    this.counts.registered++
    this.onRegistered()
  }

  private answer(exchange: OperatorExchange, html: string, number: number): void {
    const { loseAnswers, lostAnswerStatus } = this.knobs.values
    if (!isEvery(loseAnswers, number)) return sendPage(exchange, html)
    this.counts.lostAnswers++
    if (lostAnswerStatus === 0) exchange.response.destroy()
    else throw new PageError(lostAnswerStatus, 'エラー', 'サーバから応答がありません。')
  }
}
