/** An ACME server as this machine sees it: reachable, trusted, of the same time, and our account there. */
import { accountSchema } from '../../acme/schemas.js'
import { type AccountKey, Session } from '../../acme/session.js'
import type { Transport } from '../../acme/transport.js'
import { listAccounts, openAccountKey, type StoredAccount } from '../../keystore/account-store.js'
import type { Directories } from '../../keystore/directories.js'
import { renderDuration } from '../../terminal/duration.js'
import { openTransport } from '../certonly/open-transport.js'
import { readCaFile } from '../ca-file.js'
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
  { caFile, ...toCheck }: ServerToCheck,
  context: Context,
): Promise<CheckedServer> {
  const { server } = toCheck
  // Also what was found before something failed counts.
  const checked: CheckedServer = { findings: [], caaIdentities: [] }
  try {
    const trustedCas = caFile && (await readCaFile(caFile))
    const transport = openTransport(directories, { server, trustedCas }, context)
    try {
      const known = await listAccounts(directories, server)
      await look({ ...toCheck, known, transport, context }, checked)
    } finally {
      await transport.close()
    }
  } catch (error) {
    checked.findings.push(problem('directory', error, server, context))
  }
  return checked
}

/** @throws the error itself when the run was interrupted */
function problem(check: string, error: unknown, { host }: URL, { signal }: Context): Finding {
  if (signal.aborted) throw error
  return { check, level: 'problem', about: host, text: explainError(error).text }
}

interface Look extends ServerToCheck {
  /** Accounts of the server that are on this machine. */
  known: readonly StoredAccount[]
  transport: Transport
  context: Context
}

async function look(at: Look, checked: CheckedServer): Promise<void> {
  const { server, known, accounts, transport, context } = at
  const [first] = known
  const key = first ? await openAccountKey(first) : ({} as AccountKey)
  const { directory } = await Session.open(transport, server, key)
  checked.caaIdentities = directory.meta?.caaIdentities ?? []
  checked.findings.push(ok('directory', reachable, server.host))
  const { headers } = await transport.send('HEAD', directory.newNonce)
  checked.findings.push(checkClock(headers.date, context.now(), server.host))
  for (const id of accounts)
    checked.findings.push(
      await checkAccount(at, id).catch((error: unknown) => problem('account', error, server, context)),
    )
}

const reachable = { en: 'the directory answers and is trusted', ja: 'ディレクトリに接続でき、信頼できます' }

async function checkAccount({ server, known, transport }: Look, id: string): Promise<Finding> {
  const account = known.find((one) => one.id === id)
  if (!account?.url) return missing(id, server.host)
  const session = await Session.open(transport, server, await openAccountKey(account))
  session.accountUrl = account.url
  const { status } = (await session.post(account.url, accountSchema)).value
  if (status !== 'valid') return missing(id, server.host)
  return ok('account', { en: `account ${id} is valid`, ja: `アカウント ${id} は有効です` }, server.host)
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
