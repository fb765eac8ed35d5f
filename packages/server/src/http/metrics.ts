/**
 * Metrics for Prometheus. What lies in the store is counted when it is asked for, over the rows
 * that are under way only, so the cost does not grow with history. Source: docs/operations.md, "Watching it".
 */
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Observer } from '../issuance/ports/observer.js'
import { makePipelineMetrics } from './pipeline-metrics.js'

export interface LiveCounts {
  applications: { state: string; count: number; oldestSeconds: number }[]
  batches: { state: string; count: number }[]
  notices: { way: string; count: number; oldestSeconds: number }[]
  queue: { kind: string; priority: string; count: number; oldestSeconds: number }[]
  /** Of the queue that wakes workers; empty while it cannot be asked. */
  jobs: { state: string; count: number }[]
}

export interface Metrics {
  registry: Registry
  /** Times every request by method, face and status class. */
  observe: RequestHandler
  /** Hears what the steps of the life cycle tell. */
  pipeline: Observer
}

/** `acme` and `v1` are told apart; ids in paths are not, or each would be a series of its own. */
const faceOf = (path: string): string => /^\/(acme|v1)\b/.exec(path)?.[1] ?? 'other'

const isStream = (type: string | undefined): boolean => type?.startsWith('text/event-stream') === true

function makeObserver(registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: 'upki_http_request_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'face', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers: [registry],
  })
  return (request, response, next) => {
    const face = faceOf(request.path)
    const stop = seconds.startTimer({ method: request.method, face })
    response.on('finish', () => {
      // A listener for events stays for hours; that is no slow answer.
      if (isStream(response.get('content-type'))) return
      stop({ status: `${Math.floor(response.statusCode / 100)}xx` })
    })
    next()
  }
}

function makeGauges(registry: Registry, count: () => Promise<LiveCounts>): void {
  const gauge = (name: string, help: string, ...labels: string[]) =>
    new Gauge({ name, help, labelNames: labels.length > 0 ? labels : ['state'], registers: [] })
  const applications = gauge('upki_applications', 'Applications under way, by state')
  const oldest = gauge('upki_applications_oldest_seconds', 'Since the longest of them entered its state')
  const batches = gauge('upki_batches', 'Batches under way, by state')
  const notices = gauge('upki_notices', 'Notices that wait, by way', 'way')
  const oldestNotices = gauge('upki_notices_oldest_seconds', 'Since the longest of them waits', 'way')
  const queue = gauge('upki_queue', 'Applications that wait for a file', 'kind', 'priority')
  const oldestInQueue = gauge(
    'upki_queue_oldest_seconds',
    'Since the first of them waits',
    'kind',
    'priority',
  )
  const jobs = gauge('upki_queue_jobs', 'Jobs that wake workers, by state')
  const all = [applications, oldest, batches, notices, oldestNotices, queue, oldestInQueue, jobs]
  const collect = async () => {
    const counts = await count()
    for (const each of all) each.reset()
    for (const { state, count: value, oldestSeconds } of counts.applications) {
      applications.set({ state }, value)
      oldest.set({ state }, oldestSeconds)
    }
    for (const { state, count: value } of counts.batches) batches.set({ state }, value)
    for (const { way, count: value, oldestSeconds } of counts.notices) {
      notices.set({ way }, value)
      oldestNotices.set({ way }, oldestSeconds)
    }
    for (const { kind, priority, count: value, oldestSeconds } of counts.queue) {
      queue.set({ kind, priority }, value)
      oldestInQueue.set({ kind, priority }, oldestSeconds)
    }
    for (const { state, count: value } of counts.jobs) jobs.set({ state }, value)
  }
  // The registry asks all at once, and each has to wait for the one look into the store.
  let looking: Promise<void> | undefined
  const together = () => (looking ??= collect().finally(() => (looking = undefined)))
  for (const each of all) registry.registerMetric(Object.assign(each, { collect: together }))
}

export function makeMetrics(count: () => Promise<LiveCounts>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  makeGauges(registry, count)
  return { registry, observe: makeObserver(registry), pipeline: makePipelineMetrics(registry) }
}
