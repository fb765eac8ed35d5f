/** Which certificate a command is for: `--cert-name`, the only one there is, or the answer to a question on a terminal. */
import { parseCertName } from '../keystore/cert-name.js'
import type { Directories } from '../keystore/directories.js'
import { listLineages } from '../keystore/lineages.js'
import { Failure } from '../terminal/failure.js'
import type { Context } from './command-spec.js'

export interface Wish {
  /** `--cert-name`. */
  certName?: string
  /** For what can be undone: takes the only certificate without asking. */
  takesOnlyOne?: boolean
}

/** @throws Failure (usage) that names the certificates when nobody can be asked, or says that there is none */
export async function chooseCertName(
  directories: Directories,
  { certName, takesOnlyOne = false }: Wish,
  { prompter }: Pick<Context, 'prompter'>,
): Promise<string> {
  if (certName) return parseCertName(certName)
  const names = (await listLineages(directories)).map(({ name }) => name)
  const [only] = names
  if (takesOnlyOne && names.length === 1 && only) return only
  if (names.length === 0) throw withoutCertificates(directories)
  if (!prompter) throw withoutName(names)
  return prompter.choose(
    { en: 'Which certificate?', ja: 'どの証明書ですか' },
    names.map((name) => ({ value: name, text: { en: name, ja: name } })),
  )
}

const withoutName = (names: readonly string[]) => {
  const known = names.join(', ')
  return new Failure('usage', {
    en: `Which certificate? Give --cert-name: ${known}.`,
    ja: `--cert-name で証明書を指定してください: ${known}。`,
  })
}

const withoutCertificates = ({ config }: Directories) =>
  new Failure('usage', {
    en: `There is no certificate in ${config} yet. Get one: upki-client certonly -d HOST`,
    ja: `${config} に証明書がまだありません。upki-client certonly -d HOST で取得してください。`,
  })
