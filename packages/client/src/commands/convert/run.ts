/** `convert`: keys, CSRs and certificates in another form. */
import { writeFile } from 'node:fs/promises'
import { readGiven } from '../../terminal/given-file.js'
import { spkiSha256Of } from '../../inspect/describe.js'
import { readObjects } from '../../inspect/objects.js'
import type { CryptoObject } from '../../inspect/crypto-object.js'
import { readPassword } from '../../inspect/read-password.js'
import { csrToPem } from '../../keystore/csr.js'
import { Failure } from '../../terminal/failure.js'
import type { Outcome } from '../../terminal/failure.js'
import type { CommonOptions, Context } from '../command-spec.js'

export interface ConvertOptions extends CommonOptions {
  operands: string[]
  to: 'pem' | 'der' | 'p12'
  output?: string
  name: string
  passwordFile?: string
  newPasswordFile?: string
}

export async function runConvert(options: ConvertOptions, { reporter }: Context): Promise<Outcome> {
  const { operands, to, output, passwordFile } = options
  if (output === undefined)
    throw new Failure('usage', {
      en: 'Give the file to write: --output FILE',
      ja: '出力先を指定してください: --output ファイル',
    })
  const password = await readPassword(passwordFile)
  const lists = await Promise.all(
    operands.map(async (path) => readObjects(path, await readGiven(path), password)),
  )
  const objects = lists.flat()
  const bytes =
    to === 'pem'
      ? Buffer.from(objects.map(toPem).join(''))
      : to === 'der'
        ? onlyDer(objects)
        : await toPkcs12(objects, options)
  await writeNew(output, bytes)
  reporter.result(
    { ja: `書きました: ${output}`, en: `Wrote ${output}` },
    { output, objects: objects.map(({ type }) => type) },
  )
  return 'done'
}

async function writeNew(path: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Failure('usage', {
      en: `${path} is there already; name another file.`,
      ja: `${path} は既にあります。別の名前を指定してください。`,
    })
  }
}

function toPem(object: CryptoObject): string {
  if (object.type === 'certificate') return object.certificate.toString()
  if (object.type === 'csr') return csrToPem(object.csr.der)
  return object.type === 'private-key'
    ? (object.key.export({ type: 'pkcs8', format: 'pem' }) as string)
    : (object.key.export({ type: 'spki', format: 'pem' }) as string)
}

function onlyDer([object, ...others]: CryptoObject[]): Buffer {
  if (!object || others.length > 0)
    throw new Failure('usage', {
      en: 'DER holds one object; convert the files one by one.',
      ja: 'DER に入るのは一つだけです。一つずつ変換してください。',
    })
  if (object.type === 'certificate') return Buffer.from(object.certificate.raw)
  if (object.type === 'csr') return Buffer.from(object.csr.der)
  return object.type === 'private-key'
    ? object.key.export({ type: 'pkcs8', format: 'der' })
    : object.key.export({ type: 'spki', format: 'der' })
}

async function toPkcs12(objects: readonly CryptoObject[], options: ConvertOptions): Promise<Buffer> {
  const password = await readPassword(options.newPasswordFile ?? options.passwordFile)
  const keys = objects.flatMap((object) => (object.type === 'private-key' ? [object.key] : []))
  const certificates = objects.flatMap((object) =>
    object.type === 'certificate' ? [object.certificate] : [],
  )
  const [key] = keys
  const own = key && certificates.find(({ publicKey }) => spkiSha256Of(publicKey) === spkiSha256Of(key))
  if (!password || !key || keys.length > 1 || !own)
    throw new Failure('usage', {
      en: 'PKCS#12 needs one private key, its certificate, and a password by --new-password-file.',
      ja: 'PKCS#12 には秘密鍵一つ、それと対になる証明書、--new-password-file のパスワードが必要です。',
    })
  const { makePkcs12 } = await import('../../inspect/pkcs12.js')
  const chain = certificates.filter((certificate) => certificate !== own)
  return makePkcs12({ key, certificates: [own, ...chain], friendlyName: options.name }, password)
}
