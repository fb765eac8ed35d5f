/** An ACME server as this machine sees it: reachable, trusted, of the same time, and our account there. */
import { readFile } from 'node:fs/promises'
import { accountSchema } from '../../acme/schemas.js'
import { Session } from '../../acme/session.js'
import { listAccounts, openAccountKey } from '../../keystore/account-store.js'
import type { Directories } from '../../keystore/directories.js'
import { renderDuration } from '../../terminal/duration.js'
import { openTransport } from '../certonly/open-transport.js'
import type { Context } from '../command-spec.js'
import { explainError } from '../explain-error.js'
import { ok, type Finding } from './finding.js'

export interface ServerToCheck {
  server: URL
  caFile?: string
  /** Accounts that certificates use. */
  accounts: ReadonlySet<string>
}

export interface CheckedServer {
  findings: Finding[]
  /** CAs that CAA records may name. */
  caaIdentities: readonly string[]
}

export async function checkServer(
  directories: Directories,
  { server, caFile, accounts }: ServerToCheck,
  context: Context,
): Promise<CheckedServer> {
  const about = server.host
  const findings: Finding[] = []
  let caaIdentities: readonly string[] = []
  const fail = (check: string, error: unknown) => {
    if (context.signal.aborted) throw error
    findings.push({ check, level: 'problem', about, text: explainError(error).text })
  }
  try {
    const trustedCas = caFile && (await readFile(caFile, 'utf8'))
    const transport = openTransport(directories, { server, trustedCas }, context)
    try {
      const known = await listAccounts(directories, server)
      const [first] = known
      const key = first ? await openAccountKey(first) : ({} as Awaited<ReturnType<typeof openAccountKey>>)
      const session = await Session.open(transport, server, key)
      caaIdentities = session.directory.meta?.caaIdentities ?? []
      findings.push(
        ok(
          'directory',
          { en: 'the directory answers and is trusted', ja: 'ディレクトリに接続でき、信頼できます' },
          about,
        ),
      )
      const { headers } = await transport.send('HEAD', session.directory.newNonce)
      findings.push(checkClock(headers.date, context.now(), about))
      for (const id of accounts) await checkAccount(id).catch((error: unknown) => fail('account', error))

      async function checkAccount(id: string): Promise<void> {
        const account = known.find((one) => one.id === id)
        if (!account?.url) return void findings.push(missing(id, about))
        const speaking = await Session.open(transport, server, await openAccountKey(account))
        speaking.accountUrl = account.url
        const { status } = (await speaking.post(account.url, accountSchema)).value
        if (status === 'valid')
          findings.push(
            ok('account', { en: `account ${id} is valid`, ja: `アカウント ${id} は有効です` }, about),
          )
        else findings.push(missing(id, about))
      }
    } finally {
      await transport.close()
    }
  } catch (error) {
    fail('directory', error)
  }
  return { findings, caaIdentities }
}

/** Minutes of difference that certificates and signatures bear. */
const maxSkewMs = 5 * 60_000

export function checkClock(date: string | undefined, now: Date, about: string): Finding {
  const skew = date === undefined ? 0 : now.getTime() - Date.parse(date)
  if (!(Math.abs(skew) > maxSkewMs))
    return ok('clock', { en: 'clocks agree', ja: '時計は合っています' }, about)
  const by = renderDuration(Math.abs(skew) / 1000)
  return {
    check: 'clock',
    level: 'problem',
    about,
    text: {
      en: `this machine's clock is ${by.en} ${skew > 0 ? 'ahead of' : 'behind'} the server's`,
      ja: `このマシンの時計はサーバより ${by.ja} ${skew > 0 ? '進んで' : '遅れて'}います`,
    },
    remedy: {
      en: 'set it by NTP (timedatectl set-ntp true)',
      ja: 'NTP で合わせてください (timedatectl set-ntp true)',
    },
  }
}

const missing = (id: string, about: string): Finding => ({
  check: 'account',
  level: 'problem',
  about,
  text: {
    en: `account ${id} is not known here, or no longer valid at the server`,
    ja: `アカウント ${id} がここにないか、サーバで有効ではありません`,
  },
  remedy: {
    en: 'ask the registration authority operator for a new EAB credential, then upki-client register --eab-file',
    ja: '登録担当者に新しい EAB を依頼し、upki-client register --eab-file を実行してください',
  },
})
