/** The operators' screens under /upki-odcert/lra/. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { screens, type Category } from '../applications/kinds.js'
import type { KnobBoard } from '../knobs/knobs.js'
import { messagePage } from '../pages/html.js'
import { frameSet, menu, root, tokenField, uploadForm } from '../pages/screens.js'
import type { RegistryService } from '../registry/service.js'
import { renderReport } from '../report/report.js'
import { PageError, sendPage, type OperatorExchange } from './exchange.js'
import { readForm } from './form.js'
import { newToken, useToken, type Sessions } from './sessions.js'
import type { Uploads } from './uploads.js'

type Handler = (exchange: OperatorExchange) => Promise<void> | void

interface Report {
  fileName: string
  categories: readonly Category[]
}

const reports: Readonly<Record<string, Report>> = {
  [`${root}/syomeiDL_S_Cli.do`]: { fileName: 'clientAll.tsv', categories: ['client', 'smime'] },
  [`${root}/syomeiDL_S_Srv.do`]: { fileName: 'serverAll.tsv', categories: ['server'] },
}

export class OperatorScreens {
  constructor(
    private readonly service: RegistryService,
    private readonly sessions: Sessions,
    private readonly knobs: KnobBoard,
    private readonly uploads: Uploads,
  ) {}

  async handle(exchange: OperatorExchange): Promise<void> {
    if (this.knobs.values.maintenance)
      throw new PageError(503, 'メンテナンス中', 'ただいまシステムメンテナンス中です。')
    const failure = this.knobs.takeFailure(exchange.path)
    if (failure !== undefined)
      throw new PageError(failure, 'システムエラー', 'システムエラーが発生しました。')
    const handler = this.handlers[`${exchange.request.method ?? ''} ${exchange.path}`]
    if (handler) await handler(exchange)
    else if (exchange.request.method === 'POST') await this.uploads.handle(exchange)
    else await this.sendReport(exchange)
  }

  private readonly handlers: Readonly<Record<string, Handler>> = {
    [`GET ${root}/SSLLogin.do`]: (exchange) => {
      this.sessions.open(exchange)
      sendPage(exchange, frameSet())
    },
    [`GET ${root}/Menu.do`]: (exchange) =>
      sendPage(exchange, menu(newToken(this.sessions.require(exchange)))),
    [`GET ${root}/Top.do`]: (exchange) => {
      this.sessions.require(exchange)
      sendPage(exchange, messagePage('トップ', 'メニューから操作を選択してください。'))
    },
    [`POST ${root}/MainMenu.do`]: (exchange) => this.openScreen(exchange),
  }

  private async openScreen(exchange: OperatorExchange): Promise<void> {
    const session = this.sessions.require(exchange)
    const form = await readForm(exchange)
    useToken(session, form.get(tokenField) ?? undefined)
    const screen = screens.find(({ menuCode }) => menuCode === form.get('forwardName'))
    if (!screen) throw new PageError(404, 'エラー', '画面が存在しません。')
    sendPage(exchange, uploadForm(screen, newToken(session)))
  }

  private async sendReport(exchange: OperatorExchange): Promise<void> {
    const report = reports[exchange.path]
    if (!report) throw new PageError(404, 'エラー', '画面が存在しません。')
    this.sessions.require(exchange)
    await this.service.settled()
    exchange.response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${report.fileName}"`,
      'Cache-Control': 'no-store',
    })
    const scope = { organisationId: exchange.organisation.id, categories: report.categories }
    const chunks = renderReport(this.service.registry.applications(), scope)
    await pipeline(Readable.from(chunks), exchange.response)
  }
}
