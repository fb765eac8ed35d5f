/**
 * The operator's login: where the issuance system is, and the client certificate it knows the operator by.
 *
 * The key is in a PEM file, in PKCS#12, or on a PKCS#11 token that it never leaves. Source: docs/operations.md,
 * "The operator's credential".
 */
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { Agent } from 'undici'
import { z } from 'zod'
import { openTokenContext, tokenFields } from './token.js'

const place = { url: z.url(), caFile: z.string() }

const pem = z.object({ ...place, certFile: z.string(), keyFile: z.string() })
const pkcs12 = z.object({ ...place, pfxFile: z.string(), passwordFile: z.string() })
const token = z.object({ ...place, ...tokenFields })

type Credentials = z.infer<typeof pem> | z.infer<typeof pkcs12> | z.infer<typeof token>

/** @throws Error that names what is missing for the kind of credential that is meant */
function parseCredentials(value: unknown): Credentials {
  const has = (name: string) => typeof value === 'object' && value !== null && name in value
  const schema = has('keyUri') ? token : has('pfxFile') ? pkcs12 : pem
  const result = (schema as z.ZodType<Credentials>).safeParse(value)
  if (result.success) return result.data
  throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}

async function readCredential(
  given: z.infer<typeof pem> | z.infer<typeof pkcs12>,
): Promise<SecureContextOptions> {
  if ('certFile' in given) {
    const [cert, key] = await Promise.all([readFile(given.certFile), readFile(given.keyFile)])
    return { cert, key }
  }
  const [pfx, password] = await Promise.all([readFile(given.pfxFile), readFile(given.passwordFile, 'utf8')])
  return { pfx, passphrase: password.replace(/\r?\n$/, '') }
}

async function makeContext(given: Credentials): Promise<SecureContext> {
  const ca = await readFile(given.caFile)
  if ('keyUri' in given) return openTokenContext(given, { ca, cert: await readFile(given.certFile) })
  return createSecureContext({ ca, ...(await readCredential(given)) })
}

export interface Login {
  origin: string
  agent: Agent
}

/** Reads the operator's credential. @throws when it cannot be read */
export async function openLogin(credentialsFile: string): Promise<Login> {
  const given = parseCredentials(JSON.parse(await readFile(credentialsFile, 'utf8')))
  const secureContext = await makeContext(given)
  return {
    origin: new URL(given.url).origin,
    agent: new Agent({
      connect: { secureContext, timeout: 15_000 },
      headersTimeout: 600_000,
      bodyTimeout: 600_000,
    }),
  }
}
