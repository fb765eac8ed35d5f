/** `doctor`: looks at everything and repairs nothing; each finding says what to do. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import { chooseDirectories, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { listLineages, type Lineage, type UnreadableLineage } from '../../keystore/lineages.js'
import { readRenewalConfig, type RenewalParameters } from '../../renewal/renewal-config.js'
import type { Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import { readEab, type EabOptions } from '../certonly/eab-options.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { explainError } from '../explain-error.js'
import { checkLineage } from './check-lineage.js'
import { checkMachine } from './check-machine.js'
import { checkNames } from './check-names.js'
import { checkServer, type ServerToCheck } from './check-server.js'
import type { Finding } from './finding.js'

export interface DoctorOptions extends CommonOptions, EabOptions {
  certName?: string
  server?: string
  caFile?: string
  allowHttp?: boolean
}

interface Known {
  lineage: Lineage | UnreadableLineage
  parameters?: RenewalParameters
}

export async function runDoctor(options: DoctorOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir, certName } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const lineages = (await listLineages(directories)).filter(
    ({ name }) => certName === undefined || name === certName,
  )
  const findings = await checkMachine(directories, context.now())
  const known: Known[] = []
  for (const lineage of lineages) {
    const parameters = await tryRead(directories, lineage.name, findings)
    known.push({ lineage, parameters })
    findings.push(...(await checkLineage(directories, lineage, parameters, context.now())))
  }
  findings.push(...(await checkEab(options, context)))
  findings.push(...(await checkServers(directories, known, options, context)))
  report(context, findings)
  return findings.some(({ level }) => level === 'problem') ? 'failed' : 'done'
}

async function tryRead(directories: Directories, name: string, findings: Finding[]) {
  try {
    return await readRenewalConfig(directories, name)
  } catch (error) {
    findings.push({ check: 'renewal', level: 'problem', about: name, text: explainError(error).text })
    return undefined
  }
}

async function checkEab(options: DoctorOptions, { reporter }: Context): Promise<Finding[]> {
  const { decodeHmacKey } = await import('../../acme/external-account-binding.js')
  try {
    const eab = await readEab(options, reporter)
    if (!eab) return []
    decodeHmacKey(eab.hmacKey)
    const text = { en: `the EAB credential ${eab.kid} can be read`, ja: `EAB ${eab.kid} を読めます` }
    return [{ check: 'eab', level: 'ok', text }]
  } catch (error) {
    return [{ check: 'eab', level: 'problem', text: explainError(error).text }]
  }
}

/** Each server once, with all accounts that are used there; then the names that it has proven by challenges. */
async function checkServers(
  directories: Directories,
  known: readonly Known[],
  options: DoctorOptions,
  context: Context,
): Promise<Finding[]> {
  const servers = new Map<string, ServerToCheck & { accounts: Set<string> }>()
  const add = (server: URL, caFile: string | undefined, account?: string) => {
    const entry = servers.get(server.href) ?? { server, caFile, accounts: new Set<string>() }
    if (account) entry.accounts.add(account)
    servers.set(server.href, entry)
  }
  if (options.server) add(parseDirectoryUrl(options.server, options.allowHttp === true), options.caFile)
  for (const { parameters } of known)
    if (parameters) add(new URL(parameters.server), parameters.caFile, parameters.account)
  const findings: Finding[] = []
  for (const [address, entry] of servers) {
    const { findings: found, caaIdentities } = await checkServer(directories, entry, context)
    findings.push(...found)
    for (const { lineage, parameters } of known)
      if (parameters?.server === address && !('problem' in lineage))
        findings.push(...(await checkNames(lineage.names, parameters, caaIdentities)))
  }
  return findings
}

const marks: Record<Finding['level'], Bilingual> = {
  ok: { en: 'ok      ', ja: '正常  ' },
  warning: { en: 'warning ', ja: '注意  ' },
  problem: { en: 'PROBLEM ', ja: '異常  ' },
}

function report({ reporter }: Context, findings: readonly Finding[]): void {
  const render = (language: keyof Bilingual) =>
    findings
      .map(({ level, about, text, remedy }) => {
        const head = `${marks[level][language]}${about ? `${printable(about, 253)}: ` : ''}${printable(text[language], 1000)}`
        return remedy ? `${head}\n          → ${printable(remedy[language], 1000)}` : head
      })
      .join('\n')
  const outcome = findings.some(({ level }) => level === 'problem') ? 'failed' : 'done'
  reporter.result({ en: render('en'), ja: render('ja') }, { outcome, checks: findings })
}
