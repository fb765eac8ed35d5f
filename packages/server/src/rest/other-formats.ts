/** POST /v1/applications in CSV, TSV, XML and JSON lines: read here, and JSON to everything behind. */
import { toJson } from '@upki-gateway/shared/application'
import type { ApplicationInput } from '@upki-gateway/shared/application'
import { DnsNamesError } from '@upki-gateway/shared/identifier'
import { type Finding, makeFinding } from '@upki-gateway/shared/problem'
import type { RequestHandler } from 'express'
import { refuse } from './applications.js'
import { Found } from './found.js'
import { kindOf, readBody } from './read-body.js'

/** As for JSON bodies. */
const limits = { maxBytes: 20_000_000, maxRows: 10_000 }

export const readOtherFormats: RequestHandler = async (request, _response, next) => {
  if (request.method !== 'POST' || request.path !== '/applications') return next()
  if (request.is('application/json')) {
    request.body = withKind(request.body, kindOf(request))
    return next()
  }
  const { batches } = await readBody(request, limits)
  const values: unknown[] = []
  const findings = new Found()
  for await (const batch of batches)
    for (const { row, input, findings: found } of batch) {
      const value = input ? toValue(input, row) : found
      if (Array.isArray(value)) findings.add(value as Finding[])
      else values.push(value)
    }
  if (!findings.isEmpty) refuse(findings)
  request.body = values
  request.headers['content-type'] = 'application/json'
  next()
}

function toValue({ kind = 'server', fields }: ApplicationInput, row: number): unknown {
  try {
    return { ...toJson({ kind: 'server-issue', fields }), kind }
  } catch (error) {
    if (!(error instanceof DnsNamesError)) throw error
    return [makeFinding('dnsNamesSyntax', { row, field: 'dnsNames', words: { part: error.part } })]
  }
}

/** The kind of the query counts for rows that name none. */
function withKind(body: unknown, kind: string | undefined): unknown {
  if (kind === undefined) return body
  const add = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? { kind, ...value } : value
  return Array.isArray(body) ? (body as unknown[]).map(add) : add(body)
}
