/**
 * What the steps of the life cycle count, each process for itself: Prometheus adds the processes up.
 * Labels come from the configuration and the contract only. Source: docs/operations.md, "Watching it".
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Observer } from '../issuance/ports/observer.js'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The service takes minutes for a file, and days where it asks by telephone; approval may take longer still. */
const issueBuckets = [1, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY]
/** Up to a full file. */
const rowBuckets = [1, 2, 5, 10, 25, 50, 75, 98, 99]

function makeCounters(registers: Registry[]) {
  const system = 'issuance_system'
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  return {
    uploads: counter('upki_uploads_total', 'Uploads by how they ended', [system, 'outcome']),
    refused: counter('upki_rows_refused_total', 'Rows that the issuance system refused', [system]),
    reports: counter('upki_reports_total', 'Readings of reports by how they ended', [system, 'outcome']),
    lastReport: new Gauge({
      name: 'upki_report_last_read_timestamp_seconds',
      help: 'When this process last read a report',
      labelNames: [system],
      registers,
    }),
  }
}

const makeHistograms = (registers: Registry[]) => ({
  rows: new Histogram({
    name: 'upki_batch_rows',
    help: 'Rows of sealed files',
    labelNames: ['kind'],
    buckets: rowBuckets,
    registers,
  }),
  issue: new Histogram({
    name: 'upki_issue_seconds',
    help: 'From accepted to issued',
    labelNames: ['kind'],
    buckets: issueBuckets,
    registers,
  }),
})

export function makePipelineMetrics(registry: Registry): Observer {
  const { uploads, refused, reports, lastReport } = makeCounters([registry])
  const { rows, issue } = makeHistograms([registry])
  return {
    sealed: (file) => rows.observe({ kind: file.kind }, file.rows),
    uploaded: ({ issuanceSystem, end, rowsRefused = 0 }) => {
      uploads.inc({ issuance_system: issuanceSystem, outcome: end })
      if (rowsRefused > 0) refused.inc({ issuance_system: issuanceSystem }, rowsRefused)
    },
    reportRead: ({ issuanceSystem, isRead }) => {
      reports.inc({ issuance_system: issuanceSystem, outcome: isRead ? 'read' : 'failed' })
      if (isRead) lastReport.setToCurrentTime({ issuance_system: issuanceSystem })
    },
    issued: ({ kind, acceptedAt, issuedAt }) =>
      issue.observe({ kind }, (issuedAt.getTime() - acceptedAt.getTime()) / 1000),
  }
}
