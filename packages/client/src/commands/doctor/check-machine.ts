/** What lies on this machine: who can read secrets, whether renewals run, orders under way. */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { paths, type Directories } from '../../keystore/directories.js'
import { listOrders } from '../../keystore/order-summaries.js'
import { ok, type Finding } from './finding.js'

export async function checkMachine(directories: Directories, now: Date): Promise<Finding[]> {
  return [...(await checkPermissions(directories)), checkTimer('/'), ...(await checkOrders(directories, now))]
}

/** Keys and account keys, 0600 or as `--key-mode` says, and never for everybody; the folders 0700 or passable. */
async function checkPermissions(directories: Directories): Promise<Finding[]> {
  const { config, work } = directories
  const secrets = await findSecrets([
    join(config, 'archive'),
    paths.accounts(directories),
    paths.orders(directories),
  ])
  const open: Finding[] = []
  for (const path of secrets) {
    const { mode } = await stat(path)
    const bad = path.includes('private_key') ? mode & 0o077 : mode & 0o007
    if (bad) open.push(tooOpen(path, mode, '600'))
  }
  for (const path of [config, work, join(config, 'archive'), paths.accounts(directories)]) {
    const found = await stat(path).catch(() => undefined)
    if (found && found.mode & 0o066) open.push(tooOpen(path, found.mode, '700'))
  }
  if (open.length > 0 || process.platform === 'win32') return open
  return [
    ok('permissions', {
      en: `${secrets.length} keys are readable by whom they should be`,
      ja: `${secrets.length} 個の鍵の読み取り権限は適切です`,
    }),
  ]
}

async function findSecrets(folders: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder, { recursive: true }).catch((): string[] => [])
      return names
        .filter((name) => /(privkey\d*\.pem|private_key\.json)$/.test(name))
        .map((name) => join(folder, name))
    }),
  )
  return lists.flat()
}

const tooOpen = (path: string, mode: number, wanted: string): Finding => ({
  check: 'permissions',
  level: 'problem',
  text: {
    en: `others can read ${path} (mode ${(mode & 0o777).toString(8)})`,
    ja: `${path} を他の利用者が読めます (モード ${(mode & 0o777).toString(8)})`,
  },
  remedy: { en: `chmod ${wanted} '${path}'`, ja: `chmod ${wanted} '${path}'` },
})

const timerFiles = [
  'etc/systemd/system/upki-client.timer',
  'lib/systemd/system/upki-client.timer',
  'usr/lib/systemd/system/upki-client.timer',
  'etc/cron.d/upki-client',
]

export function checkTimer(root: string): Finding {
  const found = timerFiles.map((file) => join(root, file)).find(existsSync)
  if (found) return ok('timer', { en: `renewals run by ${found}`, ja: `更新は ${found} により実行されます` })
  return {
    check: 'timer',
    level: 'warning',
    text: { en: 'nothing runs renewals on this machine', ja: '更新を実行するタイマーがありません' },
    remedy: { en: 'upki-client renew --install-timer', ja: 'upki-client renew --install-timer' },
  }
}

const day = 86_400_000
/** Days after which somebody should ask what became of an order. */
const longDays = 7

async function checkOrders(directories: Directories, now: Date): Promise<Finding[]> {
  const orders = await listOrders(directories)
  return orders.map(({ name, orderedAt }): Finding => {
    const days = Math.floor((now.getTime() - Date.parse(orderedAt)) / day)
    const text = {
      en: `an order is under way since ${orderedAt}`,
      ja: `${orderedAt} からの注文が進行中です`,
    }
    if (!(days >= longDays)) return ok('order', text, name)
    return {
      check: 'order',
      level: 'warning',
      about: name,
      text,
      remedy: {
        en: `upki-client certonly --cert-name ${name} tells where it stands; ask the registration authority operator, or give it up with --abandon-order`,
        ja: `upki-client certonly --cert-name ${name} で状況が分かります。登録担当者に問い合わせるか、--abandon-order で取り下げてください`,
      },
    }
  })
}
