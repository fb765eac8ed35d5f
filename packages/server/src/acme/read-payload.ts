import { z } from 'zod'
import { malformed } from './jws/flattened-jws.js'

const { localeError: inJapanese } = z.locales.ja()

/** Where, and what is wrong there. */
const placesIn = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 10)
    .map(({ path, message }) => `${path.map(String).join('.') || 'payload'}: ${message}`)
    .join('; ')

/** Members not named in the schema are ignored (RFC 8555 §7.1). @throws ProblemError malformed naming the members */
export function readPayload<S extends z.ZodType>(schema: S, payload: unknown): z.output<S> {
  const result = schema.safeParse(payload)
  if (result.success) return result.data
  const japanese = schema.safeParse(payload, { error: inJapanese }).error ?? result.error
  throw malformed(
    `The payload is not as RFC 8555 has it: ${placesIn(result.error)}`,
    `ペイロードがRFC 8555のとおりではありません（${placesIn(japanese)}）。`,
  )
}
