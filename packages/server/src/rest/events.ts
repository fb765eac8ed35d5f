/** /v1/events: what happens, as a list to page through or as a stream to listen to. */
import { type Request, type Response, Router } from 'express'
import type { Environment } from '../issuance/ports/environment.js'
import { type EventType, eventTypes } from '../notify/event-types.js'
import type { Hub } from '../notify/hub.js'
import { publishEvents } from '../notify/publish.js'
import { representEvent } from '../notify/represent-event.js'
import { coversNames } from '../policy/approval.js'
import type { Caller } from '../policy/caller.js'
import { ProblemError } from '../problem/problem-error.js'
import type { EventRow } from '../store/event-tables.js'
import { findHeadOfEvents, listEvents } from '../store/events.js'
import { callerOf, type Doors, identify, needScope } from './authenticate.js'
import { streamEvents } from './event-stream.js'
import { queryOf, readPage } from './page.js'

/** Listeners of one process; each costs a connection and a little memory. */
const MOST_LISTENERS = 1_000
/** A person has the console open in several windows. */
const MOST_OF_ONE_CALLER = 20

const scope = 'applications:read'

/** Approvers of a department hear of its names, as they see its applications. */
function maySee({ department }: Caller, { data }: EventRow): boolean {
  if (department === null) return true
  return data.commonName !== undefined && coversNames(department, [data.commonName])
}

/** Whoever sees something else than when he began comes back, and is looked at anew. */
const seesTheSame = (caller: Caller, before: Caller): boolean =>
  caller.scopes.includes(scope) &&
  JSON.stringify([caller.organisation, caller.department]) ===
    JSON.stringify([before.organisation, before.department])

function readTypes(request: Request): EventType[] | undefined {
  const { type } = request.query
  if (type === undefined) return undefined
  const words = (Array.isArray(type) ? (type as string[]) : [type as string]).flatMap((part) =>
    part.split(','),
  )
  return eventTypes.filter((known) =>
    words.some((word) => word === known || (word.endsWith('.') && known.startsWith(word))),
  )
}

/** As the browser sends it when it comes back; `after` for whoever cannot set headers. */
function readAfter(request: Request): string | undefined {
  const text = request.get('last-event-id') ?? queryOf(request).after
  if (text === undefined || text === '') return undefined
  if (/^\d{1,18}$/.test(text)) return text
  throw new ProblemError('badRequest', 'Last-Event-ID is not the id of an event', {
    ja: 'Last-Event-ID がイベントのidではありません。',
  })
}

class Listeners {
  readonly #byCaller = new Map<string, number>()

  constructor(private readonly hub: Hub) {}

  /** @throws ProblemError when there are too many */
  admit(actor: string, response: Response): void {
    const open = this.#byCaller.get(actor) ?? 0
    if (open >= MOST_OF_ONE_CALLER || this.hub.size >= MOST_LISTENERS)
      throw new ProblemError('unavailable', 'Too many listen for events; close others and try again', {
        ja: 'イベントの受信が多すぎます。ほかの受信を終了してから再試行してください。',
        retryAfterSeconds: 60,
      })
    this.#byCaller.set(actor, open + 1)
    response.on('close', () => this.#leave(actor))
  }

  #leave(actor: string): void {
    const open = this.#byCaller.get(actor) ?? 1
    if (open > 1) this.#byCaller.set(actor, open - 1)
    else this.#byCaller.delete(actor)
  }
}

async function list(env: Environment, request: Request) {
  await publishEvents(env)
  const caller = callerOf(request)
  const { after = '0', limit } = readPage(request)
  const filter = { organisation: caller.organisation, types: readTypes(request), after, limit }
  const [rows, { deletedTo }] = await Promise.all([listEvents(env.db, filter), findHeadOfEvents(env.db)])
  return {
    events: rows.filter((row) => maySee(caller, row)).map(representEvent),
    last: rows.at(-1)?.position ?? after,
    isMore: rows.length === limit,
    deletedTo,
  }
}

/** @param doors asked again while somebody listens */
export function makeEvents(env: Environment, hub: Hub, doors: Doors): Router {
  const router = Router()
  const listeners = new Listeners(hub)

  async function stream(request: Request, response: Response): Promise<void> {
    const caller = callerOf(request)
    const [after, types] = [readAfter(request), readTypes(request)]
    listeners.admit(caller.actor, response)
    await streamEvents(env, hub, response, {
      organisation: caller.organisation,
      after,
      isWanted: (event) => (types === undefined || types.includes(event.type)) && maySee(caller, event),
      mayStay: async () => seesTheSame(await identify(doors, request), caller),
    })
  }

  router.get('/', needScope(scope), async (request, response) => {
    if (request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream')
      await stream(request, response)
    else response.json(await list(env, request))
  })
  return router
}
