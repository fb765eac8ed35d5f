/** The key pair and P12 file of a certificate for a person, which the real service makes too. */
import { createPrivateKey, generateKeyPair, randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publicKeyInfoOf } from '../ca/hierarchy.js'
import { makePkcs12 } from '../ca/pkcs12.js'
import { writeFileAtomic } from '../storage/files.js'

const generate = promisify(generateKeyPair)

/** Without letters and digits that look alike: 0/O, 1/l/I. */
const pinAlphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const pinLength = 12

export const randomPin = (): string =>
  Array.from({ length: pinLength }, () => pinAlphabet.charAt(randomInt(pinAlphabet.length))).join('')

export class PersonalKeys {
  private readonly directory: string

  constructor(dataDirectory: string) {
    this.directory = join(dataDirectory, 'p12')
    mkdirSync(this.directory, { recursive: true, mode: 0o700 })
  }

  async make() {
    const { privateKey } = await generate('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { format: 'der', type: 'pkcs8' },
      publicKeyEncoding: { format: 'der', type: 'spki' },
    })
    const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
    return { key, publicKeyInfo: publicKeyInfoOf(key) }
  }

  /** Keeps the P12 file under its application's id; a file left by a crash before is replaced. */
  async keep(
    applicationId: string,
    key: Parameters<typeof makePkcs12>[0],
    certificates: readonly Buffer[],
    pin: string,
  ): Promise<void> {
    writeFileAtomic(join(this.directory, `${applicationId}.p12`), await makePkcs12(key, certificates, pin))
  }
}
