/** `register`, `show-account`, `update-account`, `unregister`: RFC 8555 §7.3. */
import { rename } from 'node:fs/promises'
import type { Bilingual } from '@upki-gateway/shared/problem'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import { accountSchema } from '../../acme/schemas.js'
import { accountId, findAccount } from '../../keystore/account-store.js'
import { chooseDirectories, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import { accountQuestions } from '../certonly/account-questions.js'
import { rollOver } from './new-key.js'
import { readEab } from '../certonly/eab-options.js'
import { openSession, type OpenSession } from '../certonly/open-session.js'
import { openTransport } from '../certonly/open-transport.js'
import type { CertonlyOptions } from '../certonly/request.js'
import { readCaFile } from '../ca-file.js'
import type { Context } from '../command-spec.js'
import { makeSure } from '../make-sure.js'

export type AccountAction = 'register' | 'show' | 'update' | 'unregister'
export interface AccountOptions extends Omit<CertonlyOptions, 'timeout' | 'wait'> {
  newKey?: boolean
}

export async function runAccount(
  action: AccountAction,
  options: AccountOptions,
  context: Context,
): Promise<Outcome> {
  const { configDir, workDir, logsDir, caFile, eabKid, account, email } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  if (!options.server) throw withoutServer
  const server = parseDirectoryUrl(options.server, options.allowHttp === true)
  const trustedCas = caFile && (await readCaFile(caFile))
  const transport = openTransport(directories, { server, trustedCas }, context)
  try {
    const eab = await readEab(options, context.reporter)
    const wish = {
      id: account,
      kid: eab?.kid ?? eabKid,
      eab,
      email,
      agreeTos: options.agreeTos === true,
      questions: accountQuestions(context.prompter),
    }
    if (action !== 'register') await mustExist(directories, server, wish)
    if (action === 'unregister') await makeSure(context, endsForGood(server.host), kept)
    const opened = await openSession(directories, server, transport, wish)
    const open = options.newKey ? await rollOver(directories, server, transport, opened) : opened
    const value = await ask(open, options.newKey ? 'show' : action, email)
    if (action === 'unregister') await putAside(directories, server, open, context)
    report(context, open, value)
  } finally {
    await transport.close()
  }
  return 'done'
}

/** Only `register` makes accounts. */
async function mustExist(directories: Directories, server: URL, { id, kid }: { id?: string; kid?: string }) {
  const { listAccounts } = await import('../../keystore/account-store.js')
  const known = await listAccounts(directories, server)
  const wanted = kid ? accountId(server, kid) : id
  if (known.some((account) => wanted === undefined || account.id === wanted)) return
  throw new Failure('usage', {
    en: `There is no such account at ${server.host} here; "upki-client register" makes one.`,
    ja: `${server.host} の該当アカウントがありません。"upki-client register" で作成できます。`,
  })
}

const endsForGood = (host: string): Bilingual => ({
  en: `Are you sure you would like to irrevocably deactivate your account at ${host}?`,
  ja: `${host} のアカウントを無効にしてよろしいですか? 元に戻せません。`,
})

const kept: Bilingual = { en: 'The account is as it was.', ja: 'アカウントはそのままです。' }

async function ask({ session }: OpenSession, action: AccountAction, email: string | undefined) {
  const contact = email ? [`mailto:${email}`] : []
  const payload = {
    register: undefined,
    show: undefined,
    update: { contact },
    unregister: { status: 'deactivated' },
  }
  return (await session.post(session.accountUrl ?? '', accountSchema, payload[action])).value
}

async function putAside(directories: Directories, server: URL, open: OpenSession, { now }: Context) {
  const { folder } = await findAccount(directories, server, open.accountId)
  await rename(folder, `${folder}.deactivated-${now().toISOString().replace(/\D/g, '')}`)
}

function report(
  { reporter }: Context,
  { session, accountId: id }: OpenSession,
  { status, contact = [] }: { status: string; contact?: string[] },
): void {
  const url = printable(session.accountUrl ?? '')
  const contacts = contact.map((one) => printable(one)).join(', ') || '-'
  reporter.result(
    {
      en: `Account ${id}\n  Address: ${url}\n  State: ${status}\n  Contact: ${contacts}`,
      ja: `アカウント ${id}\n  URL: ${url}\n  状態: ${status}\n  連絡先: ${contacts}`,
    },
    { outcome: 'done', id, url, status, contact },
  )
}

const withoutServer = new Failure('usage', {
  en: 'Which server? Give --server with the directory URL.',
  ja: '--server にディレクトリ URL を指定してください。',
})
