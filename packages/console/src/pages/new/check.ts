/** What /v1/validations says of rows while they are typed, and of files. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'

/** Rows to be checked or applied for: a form as JSON, or a file as it is. */
export interface Rows {
  body: string | Blob
  contentType: string
  /** Kind of rows that name none. */
  kind?: Kind
}

export type Kind = Schemas['ApplicationKind'] | 'server'

const PAUSE_MS = 400

/** The value once it has rested: typing is not checked letter by letter. */
export function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}

const send = ({ body, contentType }: Rows) => ({
  headers: { 'Content-Type': contentType },
  body: body as string,
  bodySerializer: (same: unknown) => same as BodyInit,
})

export const validate = (rows: Rows): Promise<Schemas['Validation']> =>
  unwrap(
    api.POST('/v1/validations', { ...send(rows), params: { query: rows.kind ? { kind: rows.kind } : {} } }),
  )

export const useValidation = (rows: Rows | undefined, key: unknown) =>
  useQuery({
    queryKey: ['validation', key],
    queryFn: () => validate(rows as Rows),
    enabled: rows !== undefined,
    placeholderData: (before) => before,
  })

/** @returns the TSV as it would be uploaded; several files come as a ZIP */
export async function convert(rows: Rows): Promise<{ bytes: ArrayBuffer; isZip: boolean }> {
  const answer = api.POST('/v1/conversions', {
    ...send(rows),
    params: { query: { to: 'upki-tsv', ...(rows.kind ? { kind: rows.kind } : {}) } },
    parseAs: 'arrayBuffer',
  })
  const bytes = (await unwrap<unknown>(answer)) as ArrayBuffer
  const isZip = (await answer).response.headers.get('Content-Type')?.startsWith('application/zip') ?? false
  return { bytes, isZip }
}

/** @param key makes the same click twice one application */
export const apply = (rows: Rows, key: string): Promise<{ applications: Schemas['Application'][] }> =>
  unwrap(
    api.POST('/v1/applications', {
      ...(send(rows) as object),
      params: { query: rows.kind ? { kind: rows.kind } : {}, header: { 'Idempotency-Key': key } },
      body: rows.body as unknown as Schemas['ApplicationInput'],
    }),
  )
