/** `--p12`: key and chain as PKCS#12 beside the PEM files, for appliances and Windows. */
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseChain } from '../../acme/certificate-chain.js'
import { readPassword } from '../../inspect/read-password.js'
import { secretMode, writeFileAtomic } from '../../keystore/atomic-file.js'
import { checkOutputPath } from '../../keystore/output-path.js'
import type { Lineage } from '../../keystore/lineages.js'
import { Failure } from '../../terminal/failure.js'
import type { Context } from '../command-spec.js'

export interface P12Options {
  p12?: string
  p12PasswordFile?: string
}

/** Before anything is ordered: whether there will be a password. @throws Failure (usage) */
export function checkP12(
  { p12, p12PasswordFile }: P12Options,
  { prompter }: Pick<Context, 'prompter'>,
): void {
  if (p12 !== undefined && p12PasswordFile === undefined && !prompter) throw withoutPassword
}

/**
 * The same for the place and the password itself, where a person can mend it: a disk that is away keeps no renewal
 * from being ordered, since others use the certificate too.
 *
 * @throws Failure (usage)
 */
export async function checkP12Files({ p12, p12PasswordFile }: P12Options): Promise<void> {
  if (p12 === undefined) return
  await checkOutputPath(p12, '--p12')
  if ((await readPassword(p12PasswordFile)) === '') throw withoutPassword
}

export async function writeP12(
  { name, paths }: Lineage,
  options: P12Options,
  context: Context,
): Promise<void> {
  const { p12, p12PasswordFile } = options
  if (p12 === undefined) return
  const password = (await readPassword(p12PasswordFile)) ?? (await askPassword(context))
  if (password === '') throw withoutPassword
  const { makePkcs12 } = await import('../../inspect/pkcs12.js')
  const key = createPrivateKey(await readFile(paths.privkey))
  const certificates = parseChain(await readFile(paths.fullchain, 'utf8'))
  const bytes = await makePkcs12({ key, certificates, friendlyName: name }, password)
  await writeFileAtomic(resolve(p12), bytes, secretMode)
  context.reporter.say({ en: `PKCS#12: ${p12}`, ja: `PKCS#12: ${p12}` })
}

async function askPassword({ prompter, reporter }: Context): Promise<string> {
  if (!prompter) throw withoutPassword
  reporter.warn({
    en: 'Renewals cannot ask: for those give --p12-password-file.',
    ja: '更新時には尋ねられません。更新でも作るには --p12-password-file を指定してください。',
  })
  for (;;) {
    const password = await prompter.askSecret({
      en: 'Password for the PKCS#12 file',
      ja: 'PKCS#12 のパスワード',
    })
    const again = await prompter.askSecret({ en: 'Again', ja: 'もう一度' })
    if (password !== '' && password === again) return password
    reporter.warn({ en: 'Empty, or not the same twice.', ja: '空か、2 回の入力が一致しません。' })
  }
}

const withoutPassword = new Failure('usage', {
  en: '--p12 needs a password: give --p12-password-file with a file of one line, mode 600.',
  ja: '--p12 にはパスワードが必要です。1 行のファイル (モード 600) を --p12-password-file で指定してください。',
})
