/** One certificate: its links, key, chain and dates, what the server shows of it, and what renewals met. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { parseChain } from '../../acme/certificate-chain.js'
import { checkEndpoints } from '../../installers/handshake.js'
import { openInstaller } from '../../installers/open-installer.js'
import { checkCertificate } from '../../keystore/check-certificate.js'
import { paths, type Directories } from '../../keystore/directories.js'
import type { Lineage, UnreadableLineage } from '../../keystore/lineages.js'
import { readState } from '../../renewal/deployment-state.js'
import { isLastThird } from '../../renewal/due.js'
import type { RenewalParameters } from '../../renewal/renewal-config.js'
import { renderInstant } from '../../terminal/duration.js'
import { explainError } from '../explain-error.js'
import { ok, type Finding } from './finding.js'

export async function checkLineage(
  directories: Directories,
  lineage: Lineage | UnreadableLineage,
  parameters: RenewalParameters | undefined,
  now: Date,
): Promise<Finding[]> {
  const about = lineage.name
  if ('problem' in lineage) return [unreadable(about, lineage.text)]
  const links = await checkLinks(directories, lineage)
  if (links) return [links]
  return [
    ...(await checkContent(lineage, now)),
    ...(parameters ? [] : [unmanaged(directories, about)]),
    ...(await checkFailures(directories, about)),
    ...(parameters ? await checkWire(directories, lineage, parameters) : []),
  ]
}

/** All four links lead to one version in the archive. */
async function checkLinks(
  directories: Directories,
  { name, paths: live }: Lineage,
): Promise<Finding | undefined> {
  const archive = await realpath(paths.archive(directories, name)).catch(() => '')
  const targets = await Promise.all(
    Object.values(live).map((path: string) => realpath(path).catch(() => path)),
  )
  const versions = new Set(targets.map((target) => /(\d+)\.pem$/.exec(target)?.[1]))
  const isWhole =
    versions.size === 1 && targets.every((target) => archive !== '' && target.startsWith(archive))
  return isWhole ? undefined : broken(directories, name, 'links')
}

const unreadable = (about: string, text: Bilingual): Finding => ({
  check: 'links',
  level: 'problem',
  about,
  text,
  remedy: {
    en: `upki-client certonly --cert-name ${about} --force-renewal with its -d and --server`,
    ja: `-d と --server を付けて upki-client certonly --cert-name ${about} --force-renewal`,
  },
})

const broken = (directories: Directories, name: string, reason: string): Finding => ({
  check: 'links',
  level: 'problem',
  about: name,
  text: {
    en: `${join(directories.config, 'live', name)} does not lead to one whole version in archive/${name} (${reason})`,
    ja: `${join(directories.config, 'live', name)} が archive/${name} の 1 つの版を指していません (${reason})`,
  },
  remedy: {
    en: `upki-client renew --cert-name ${name} --force-renewal makes a new version and its links`,
    ja: `upki-client renew --cert-name ${name} --force-renewal で新しい版とリンクを作れます`,
  },
})

async function checkContent(lineage: Lineage, now: Date): Promise<Finding[]> {
  const { name: about, names, notAfter, paths: live } = lineage
  const chain = parseChain(await readFile(live.fullchain, 'utf8'))
  const privateKey = await readFile(live.privkey, 'utf8')
  const reasons = checkCertificate(chain, { privateKey, names, now })
  const remedy = sameInBoth(`upki-client renew --cert-name ${about} --force-renewal`)
  if (reasons.length > 0)
    return reasons.map((text) => ({ check: 'certificate', level: 'problem', about, text, remedy }))
  if (chain.length < 2) return [{ check: 'chain', level: 'problem', about, text: cutChain, remedy }]
  const until = renderInstant(notAfter)
  return [isLastThird(lineage, now) ? due(about, until) : ok('certificate', sound(until), about)]
}

const sameInBoth = (command: string): Bilingual => ({ en: command, ja: command })

const cutChain = { en: 'the chain lacks the issuing CA', ja: 'チェーンに発行 CA の証明書がありません' }

const sound = (until: string): Bilingual => ({
  en: `key, names and chain fit; valid until ${until}`,
  ja: `鍵・名前・チェーンは適合。有効期限 ${until}`,
})

const due = (about: string, until: string): Finding => ({
  check: 'certificate',
  level: 'warning',
  about,
  text: { en: `it ends on ${until} and is due`, ja: `有効期限 ${until} が近く、更新時期です` },
  remedy: sameInBoth(`upki-client renew --cert-name ${about}`),
})

const unmanaged = (directories: Directories, about: string): Finding => ({
  check: 'renewal',
  level: 'problem',
  about,
  text: {
    en: `${paths.renewal(directories, about)} is missing, so it is not renewed`,
    ja: `${paths.renewal(directories, about)} がなく、更新されません`,
  },
  remedy: {
    en: `upki-client certonly --cert-name ${about} --force-renewal with its -d and --server`,
    ja: `-d と --server を付けて upki-client certonly --cert-name ${about} --force-renewal`,
  },
})

async function checkFailures(directories: Directories, about: string): Promise<Finding[]> {
  const { failures = 0, lastError = '', nextTry = '-' } = await readState(directories, about)
  if (failures === 0) return []
  const text = {
    en: `renewals failed ${failures} times, next try after ${nextTry}: ${lastError}`,
    ja: `更新が ${failures} 回失敗しました (次回 ${nextTry} 以降): ${lastError}`,
  }
  const remedy = {
    en: `repair that, then upki-client renew --cert-name ${about} --force-renewal`,
    ja: `原因を直し、upki-client renew --cert-name ${about} --force-renewal`,
  }
  return [{ check: 'renewal', level: 'problem', about, text, remedy }]
}

/** What the server shows now: the configuration is tested and looked at, and nothing is written. */
async function checkWire(
  directories: Directories,
  { name, names, paths: live }: Lineage,
  parameters: RenewalParameters,
): Promise<Finding[]> {
  const found = { check: 'wire', about: name } as const
  const again = sameInBoth(`upki-client install --cert-name ${name}`)
  try {
    const installer = openInstaller(parameters)
    if (!installer) return []
    await installer.test()
    if (!(await installer.isRunning()))
      return [{ ...found, level: 'warning', text: stopped, remedy: startIt }]
    const folder = join(directories.config, 'settings')
    const wishes = { redirect: false, hsts: false, httpsPort: 443, settingsFolder: folder }
    const { endpoints } = await installer.deploy({ certName: name, names, live, ...wishes })
    const chain = parseChain(await readFile(live.fullchain, 'utf8'))
    const wrong = await checkEndpoints(endpoints, chain, 0)
    if (wrong.length > 0) return wrong.map((text) => ({ ...found, level: 'problem', text, remedy: again }))
    return endpoints.length > 0 ? [ok('wire', shown, name)] : []
  } catch (error) {
    return [{ ...found, level: 'problem', text: explainError(error).text, remedy: again }]
  }
}

const stopped = { en: 'its server is not running', ja: 'サーバが動いていません' }
const startIt = {
  en: 'start it; the certificate is configured',
  ja: '起動してください。証明書は設定済みです',
}
const shown = { en: 'the server shows it with its chain', ja: 'サーバはこの証明書とチェーンを送っています' }
