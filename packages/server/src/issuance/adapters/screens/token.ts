/**
 * A client key on a PKCS#11 token, which it never leaves: OpenSSL signs through its PKCS#11 engine.
 *
 * Tokens lock after few wrong PINs, so a PIN that was refused is not tried a second time.
 * Source: docs/operations.md, "The operator's credential".
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { z } from 'zod'

const absolute = z.string().startsWith('/', 'must be an absolute path')

export const tokenFields = {
  certFile: z.string(),
  /** RFC 7512. The PIN has a file of its own. */
  keyUri: z
    .string()
    .regex(/^pkcs11:[^?]*$/, 'must be pkcs11:…, without a query (RFC 7512)')
    .refine((uri) => !uri.includes('pin-'), 'must not hold the PIN: that is in pinFile'),
  pinFile: absolute,
  /** The token's own PKCS#11 library. */
  moduleFile: absolute,
  /** The OpenSSL engine that speaks PKCS#11; found where Debian and Red Hat have it. */
  engineFile: absolute.optional(),
}

type Token = z.infer<z.ZodObject<typeof tokenFields>>

const engineFiles = [
  '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so',
  '/usr/lib/aarch64-linux-gnu/engines-3/pkcs11.so',
  '/usr/lib64/engines-3/pkcs11.so',
]

function findEngine(given?: string): string {
  const found = given ?? engineFiles.find((file) => existsSync(file))
  if (found && existsSync(found)) return found
  throw new Error(
    `the OpenSSL engine for PKCS#11 is not at ${given ?? engineFiles.join(' or ')}: ` +
      'install libengine-pkcs11-openssl (Debian) or openssl-pkcs11 (Red Hat), or name it by engineFile',
  )
}

/** OpenSSL and the engine read them once for a process. */
function setOnce(name: 'OPENSSL_ENGINES' | 'PKCS11_MODULE_PATH', path: string): void {
  const used = process.env[name]
  if (used && used !== path)
    throw new Error(`this process uses ${used} for ${name} already, and cannot use ${path} too`)
  process.env[name] = path
}

/** OpenSSL finds an engine by name any number of times, by its path only once. @returns the name */
function useEngine({ engineFile, moduleFile }: Token): string {
  const file = findEngine(engineFile)
  if (!existsSync(moduleFile)) throw new Error(`${moduleFile} is not there`)
  setOnce('OPENSSL_ENGINES', dirname(file))
  setOnce('PKCS11_MODULE_PATH', moduleFile)
  return basename(file, '.so')
}

const refusedPins = new Map<string, string>()

/** @throws Error when the file does not hold a PIN alone, or one that the token has refused */
function checkPin({ keyUri, pinFile }: Token): string {
  const pin = readFileSync(pinFile, 'utf8')
  // The engine takes every byte for a part of the PIN.
  if (!/^[^\r\n]+$/.test(pin)) throw new Error(`${pinFile} must hold the PIN alone, without a line end`)
  if (refusedPins.get(keyUri) === pin)
    throw new Error(`the token refused the PIN of ${pinFile}; it is tried again when the file has another`)
  return pin
}

const keyIdentifier = ({ keyUri, pinFile }: Token): string => {
  const type = /[;:]type=/.test(keyUri) ? '' : ';type=private'
  return `${keyUri}${type}?pin-source=file:${pinFile.split('/').map(encodeURIComponent).join('/')}`
}

/** @throws Error when the engine, the library, the token or the key cannot be used */
export function openTokenContext(given: Token, options: SecureContextOptions): SecureContext {
  const pin = checkPin(given)
  const privateKeyEngine = useEngine(given)
  try {
    return createSecureContext({ ...options, privateKeyEngine, privateKeyIdentifier: keyIdentifier(given) })
  } catch (cause) {
    const { message } = cause as Error
    if (/\bPIN\b/.test(message)) refusedPins.set(given.keyUri, pin)
    throw new Error(`the key ${given.keyUri} could not be had from the token: ${message}`, { cause })
  }
}
