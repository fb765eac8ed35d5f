/** What `certonly` and `run` ask on a terminal when it was not said by options; words and order are certbot's. */
import { sameNames } from '../../keystore/check-certificate.js'
import type { Lineage } from '../../keystore/lineages.js'
import { isLastThird } from '../../renewal/due.js'
import type { Prompter } from '../../terminal/prompter.js'
import type { Context } from '../command-spec.js'
import { parseNames } from './names.js'
import type { CertonlyOptions } from './request.js'

/** Completes options by questions; without a terminal they stay as they are. */
export async function askForMissing(
  options: CertonlyOptions,
  { prompter }: Context,
): Promise<CertonlyOptions> {
  if (!prompter || options.csr !== undefined || options.certName !== undefined) return options
  const domains = options.domains ?? (await askNames(prompter))
  const server = options.server ?? ((await prompter.ask(serverQuestion)).trim() || undefined)
  return { ...options, domains, server }
}

async function askNames(prompter: Prompter): Promise<string[] | undefined> {
  const answer = await prompter.ask({
    en: 'Please enter the domain name(s) you would like on your certificate (comma and/or space separated)',
    ja: '証明書に入れるドメイン名を入力してください (カンマか空白で区切る)',
  })
  const names = answer.split(/[\s,]+/).filter(Boolean)
  return names.length > 0 ? names.reduce<string[]>((all, name) => parseNames(name, all), []) : undefined
}

const serverQuestion = { en: 'Directory URL of the ACME server', ja: 'ACME サーバのディレクトリ URL' }

const ways = [
  {
    value: 'standalone',
    text: {
      en: 'Runs an HTTP server locally which serves the necessary validation files (standalone)',
      ja: '自前の HTTP サーバを一時的に動かす (standalone)',
    },
  },
  {
    value: 'webroot',
    text: {
      en: 'Saves the validation files to the folder of a running web server (webroot)',
      ja: '動作中のウェブサーバのフォルダにファイルを置く (webroot)',
    },
  },
  {
    value: 'manual',
    text: {
      en: 'Manual configuration, by hand or by your own scripts (manual)',
      ja: '手作業または独自のスクリプト (manual)',
    },
  },
] as const

/** How names are proven, at a server that is no UPKI gateway. */
export async function askAuthenticator(
  options: CertonlyOptions,
  prompter: Prompter,
): Promise<CertonlyOptions> {
  const authenticator = await prompter.choose(
    {
      en: 'How would you like to authenticate with the ACME CA?',
      ja: 'ACME の認証局にどう名前を証明しますか?',
    },
    ways,
  )
  if (authenticator !== 'webroot' || options.webrootPath) return { ...options, authenticator }
  const path = (await prompter.ask({ en: 'Input the webroot', ja: 'ウェブサーバの公開フォルダ' })).trim()
  return { ...options, authenticator, webrootPath: [path] }
}

/** What to do about the certificate that is there. */
export async function askAboutExisting(
  options: CertonlyOptions,
  lineage: Lineage,
  names: readonly string[],
  { prompter, now }: Context,
): Promise<Pick<CertonlyOptions, 'forceRenewal' | 'renewWithNewDomains'>> {
  const { forceRenewal, renewWithNewDomains } = options
  const said = { forceRenewal, renewWithNewDomains }
  if (!prompter || options.abandonOrder) return said
  if (!sameNames(lineage.names, names)) {
    if (renewWithNewDomains) return said
    return { ...said, renewWithNewDomains: await askUpdate(prompter, lineage, names) }
  }
  if (forceRenewal || isLastThird(lineage, now())) return said
  return { ...said, forceRenewal: await askRenew(prompter, lineage) }
}

const askUpdate = (
  prompter: Prompter,
  { name, names: old }: Lineage,
  names: readonly string[],
): Promise<boolean> =>
  prompter.confirm(
    {
      en: `You are updating certificate ${name} to the names ${names.join(', ')}.\nIt now contains ${old.join(', ')}.\n\nDid you intend to make this change?`,
      ja: `証明書 ${name} の名前を ${names.join(', ')} に変更しようとしています。\n現在の名前: ${old.join(', ')}\n\n変更してよろしいですか?`,
    },
    { en: '(U)pdate certificate/(C)ancel', ja: '(U)更新する/(C)取り消す' },
  )

const askRenew = (prompter: Prompter, { name, notAfter }: Lineage): Promise<boolean> =>
  prompter.choose(
    {
      en: `You have an existing certificate ${name} that has exactly the same names and isn't close to expiry (${notAfter.toISOString().slice(0, 10)}).\nWhat would you like to do?`,
      ja: `同じ名前の証明書 ${name} が既にあり、期限 (${notAfter.toISOString().slice(0, 10)}) も近くありません。どうしますか?`,
    },
    [
      { value: false, text: { en: 'Keep the existing certificate for now', ja: '今の証明書を使い続ける' } },
      { value: true, text: { en: 'Renew & replace the certificate', ja: '更新して置き換える' } },
    ],
  )
