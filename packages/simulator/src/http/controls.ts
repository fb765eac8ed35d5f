/** /simulator/…: what a test turns and reads, with the operator's certificate. Not part of the real service. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { csrHash } from '../applications/csr.js'
import { commonNameOf } from '../applications/subject-dn.js'
import { KnobError, type KnobBoard } from '../knobs/knobs.js'
import { cellsOfApplication, type Application } from '../registry/application.js'
import type { RegistryService } from '../registry/service.js'
import { readBody, sendJson, type Exchange } from './exchange.js'
import type { UploadCounts } from './uploads.js'

const mostOctets = 64 * 1024

/** Which held rows to let go: one application, or all when none is named. */
const releaseSchema = z.strictObject({ applicationId: z.string().optional() })

/** The body as JSON; an empty body is `{}`. */
async function readJson(exchange: Exchange): Promise<unknown> {
  const text = (await readBody(exchange, mostOctets)).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as unknown)
}

export class Controls {
  constructor(
    private readonly service: RegistryService,
    private readonly knobs: KnobBoard,
    private readonly counts: UploadCounts,
    private readonly onReleased: () => void,
  ) {}

  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.route(exchange)
    } catch (error) {
      if (!(error instanceof KnobError || error instanceof SyntaxError || error instanceof z.ZodError))
        throw error
      sendJson(exchange, { error: error.message }, 400)
    }
  }

  private async route(exchange: Exchange): Promise<void> {
    switch (`${exchange.request.method ?? ''} ${exchange.path}`) {
      case 'GET /simulator/knobs':
        return sendJson(exchange, this.knobs.values)
      case 'POST /simulator/knobs':
        this.knobs.turn(await readJson(exchange))
        return sendJson(exchange, this.knobs.values)
      case 'POST /simulator/release':
        return this.release(exchange)
      case 'GET /simulator/applications':
        return this.list(exchange)
      default:
        return sendJson(exchange, { error: 'there is nothing here' }, 404)
    }
  }

  private async release(exchange: Exchange): Promise<void> {
    const { applicationId } = releaseSchema.parse(await readJson(exchange))
    const { queue } = this.service.registry
    const ids = queue.heldIds.filter((id) => applicationId === undefined || id === applicationId)
    const at = Date.now()
    await Promise.all(ids.map((id) => this.service.record({ type: 'released', at, applicationId: id })))
    this.onReleased()
    sendJson(exchange, { released: ids })
  }

  /** `{"uploads":{…},"applications":[…]}`, streamed, applications in the order registered. */
  private async list(exchange: Exchange): Promise<void> {
    await this.service.settled()
    exchange.response.writeHead(200, { 'Content-Type': 'application/json' })
    await pipeline(Readable.from(this.render()), exchange.response)
  }

  private *render(): Generator<string> {
    yield `{"uploads":${JSON.stringify(this.counts)},"applications":[`
    let separator = '\n'
    for (const application of this.service.registry.applications()) {
      yield separator + JSON.stringify(this.summary(application))
      separator = ',\n'
    }
    yield '\n]}\n'
  }

  private summary(application: Application) {
    const { applicationId, uploadId, seq, organisationId, kind, status, acmeAccountId, issued } = application
    const { subjectDn, csr } = cellsOfApplication(application)
    return {
      applicationId,
      uploadId,
      seq,
      organisationId,
      kind,
      subjectDn,
      commonName: commonNameOf(subjectDn),
      csrSha256: csr === '' ? null : csrHash(csr),
      status,
      isHeld: this.service.registry.queue.isHeld(applicationId),
      serial: issued?.serial ?? null,
      acmeAccountId: acmeAccountId ?? null,
    }
  }
}
