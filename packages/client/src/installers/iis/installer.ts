/**
 * The IIS installer: PowerShell and netsh are asked and told; nothing is edited.
 *
 * Import, bind, look; the certificate before stays in the store until the one
 * after was seen in its turn. What is bound is kept in a record under the journal,
 * by which `takeBack` binds the old certificates again.
 */
import { createPrivateKey, randomBytes, type X509Certificate } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod/mini'
import { parseChain } from '../../acme/certificate-chain.js'
import { makePrivateDirectory, secretMode } from '../../keystore/atomic-file.js'
import { Failure } from '../../terminal/failure.js'
import { ownFile } from '../bytes.js'
import type { Deployment, FoundServer, Installer, Plan } from '../contract.js'
import { probeWithoutName } from '../handshake.js'
import { findVersion, thumbprintOf } from './archive.js'
import { explainMappings } from './mappings.js'
import { bindingsFor, planBindings, type Binding, type BindingAction } from './plan.js'
import { runOnWindows, runScript, showSslCerts, type Run } from './powershell.js'
import { readRecord, renderRecord, type IisRecord } from './record.js'
import {
  renderBind,
  renderImport,
  renderIsStored,
  renderList,
  renderProtect,
  renderRemove,
  renderTakeBack,
} from './script.js'
import { parseSslCerts } from './sslcert.js'

const listSchema = z.object({
  running: z.boolean(),
  bindings: z.array(
    z.object({
      site: z.string(),
      protocol: z.enum(['http', 'https']),
      ip: z.string(),
      port: z.number(),
      host: z.string(),
      sni: z.boolean(),
      central: z.boolean(),
      thumbprint: z.string(),
    }),
  ),
})

/** A command line of Windows holds 32,767 characters; a binding with the longest names takes 7,500 of them. */
const bindingsAtOnce = 4

interface Planned {
  deployment: Deployment
  record: IisRecord
  /** Certificates of the time before last. */
  outdated: readonly string[]
}

interface Importable extends Pick<Deployment, 'certName' | 'settingsFolder'> {
  live: Pick<Deployment['live'], 'privkey' | 'fullchain'>
}

export class IisInstaller implements Installer {
  readonly name = 'iis'
  private planned?: Planned

  constructor(private readonly run: Run = runOnWindows) {}

  async describe(): Promise<string> {
    const { bindings } = await this.list()
    return `IIS (${[...new Set(bindings.map(({ site }) => site))].join(', ')})`
  }

  async findServers(names: readonly string[]): Promise<FoundServer[]> {
    return bindingsFor((await this.list()).bindings, names).map(toFound)
  }

  async deploy(deployment: Deployment): Promise<Plan> {
    const thumbprint = thumbprintOf(await readFile(deployment.live.cert, 'utf8'))
    const { bindings } = await this.list()
    const { actions } = planBindings(bindings, deployment.names, {
      thumbprint,
      httpsPort: deployment.httpsPort,
    })
    const path = join(recordFolder(deployment), `${deployment.certName}.json`)
    const before = await readRecord(path)
    const replaced = [...new Set(actions.map(({ was }) => was.toUpperCase()).filter(Boolean))]
    const record = { thumbprint, actions, replaced }
    this.planned = { deployment, record, outdated: before?.replaced ?? [] }
    const ours = bindingsFor(bindings, deployment.names)
    const endpoints = endpointsOf(ours, deployment.httpsPort)
    return {
      servers: ours.map(toFound),
      changes: actions.length > 0 ? await ownFile(path, renderRecord(record)) : [],
      endpoints,
      notes: explainMappings(await this.mappings(), bindings, {
        ports: endpoints.map(({ port }) => port),
        thumbprint,
      }),
    }
  }

  async test(): Promise<void> {
    if (!(await this.list()).running) throw stopped
  }

  /** A stopped one does not pass the test. */
  isRunning(): Promise<boolean> {
    return Promise.resolve(true)
  }

  async activate(): Promise<void> {
    const { planned } = this
    if (!planned || planned.record.actions.length === 0) return
    const { actions, thumbprint } = planned.record
    await this.importPfx(planned.deployment, thumbprint)
    for (const some of chunks(actions))
      await runScript(this.run, 'New-WebBinding', renderBind(some, thumbprint))
    // Once: activated again after a failure, it must not bind what was taken back.
    this.planned = { ...planned, record: { ...planned.record, actions: [] } }
  }

  async takeBack(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const record = await readRecord(path)
      for (const thumbprint of new Set((record?.actions ?? []).map(({ was }) => was)))
        if (thumbprint) await this.bringToStore(path, thumbprint)
      for (const some of chunks(record?.actions ?? []))
        await runScript(this.run, 'AddSslCertificate', renderTakeBack(some))
    }
    this.planned = undefined
  }

  async finish({ endpoints }: Plan, chain: readonly X509Certificate[]) {
    const { planned } = this
    const used = new Set([
      ...(await this.mappings()).map(({ thumbprint }) => thumbprint),
      ...(planned ? [planned.record.thumbprint, ...planned.record.replaced] : []),
    ])
    const unused = (planned?.outdated ?? []).filter((thumbprint) => !used.has(thumbprint))
    if (unused.length > 0) await runScript(this.run, 'Remove-Item', renderRemove(unused))
    return probeWithoutName(endpoints, chain)
  }

  /** A certificate that has left the store since is imported again from our archive. */
  private async bringToStore(recordPath: string, thumbprint: string): Promise<void> {
    const stored = await runScript(this.run, 'Test-Path', renderIsStored(thumbprint))
    if (stored.toLowerCase() === 'true') return
    const settingsFolder = dirname(dirname(recordPath))
    const certName = basename(recordPath, '.json')
    const live = await findVersion(join(dirname(settingsFolder), 'archive', certName), thumbprint)
    if (live) await this.importPfx({ certName, settingsFolder, live }, thumbprint)
  }

  private async importPfx(deployment: Importable, thumbprint: string): Promise<void> {
    const folder = recordFolder(deployment)
    await makePrivateDirectory(folder)
    await runScript(this.run, 'Set-Acl', renderProtect(dirname(deployment.settingsFolder)))
    const file = join(folder, `${deployment.certName}.pfx`)
    const passphrase = randomBytes(24).toString('base64url')
    try {
      await rm(file, { force: true })
      await writeFile(file, await makePfx(deployment, passphrase), { mode: secretMode, flag: 'wx' })
      const imported = await runScript(
        this.run,
        'Import-PfxCertificate',
        renderImport(file),
        `${passphrase}\n`,
      )
      if (imported.toUpperCase() !== thumbprint.toUpperCase()) throw otherCertificate(imported)
    } finally {
      await rm(file, { force: true })
    }
  }

  private async mappings() {
    return parseSslCerts(await showSslCerts(this.run))
  }

  private async list(): Promise<{ running: boolean; bindings: Binding[] }> {
    const text = await runScript(this.run, 'Get-WebBinding', renderList())
    try {
      return listSchema.parse(JSON.parse(text))
    } catch (error) {
      throw unreadableList(error)
    }
  }
}

const recordFolder = ({ settingsFolder }: Pick<Deployment, 'settingsFolder'>) => join(settingsFolder, 'iis')

const toFound = ({ site, ip, port, host, protocol }: Binding): FoundServer => ({
  place: `${site} ${ip}:${port}:${host}`,
  names: [host],
  tls: protocol === 'https',
})

/** A binding at `*` answers at the loopback too. */
function endpointsOf(bindings: readonly Binding[], httpsPort: number) {
  const places = bindings.map(({ protocol, ip, port, host }) => ({
    host: ip === '*' ? '127.0.0.1' : ip.replace(/^\[|\]$/g, ''),
    port: protocol === 'https' ? port : httpsPort,
    name: host,
  }))
  return [...new Map(places.map((one) => [`${one.host} ${one.port} ${one.name}`, one])).values()]
}

const chunks = (actions: readonly BindingAction[]) =>
  Array.from({ length: Math.ceil(actions.length / bindingsAtOnce) }, (_, index) =>
    actions.slice(index * bindingsAtOnce, (index + 1) * bindingsAtOnce),
  )

async function makePfx({ live, certName }: Importable, passphrase: string): Promise<Buffer> {
  const { makePkcs12 } = await import('../../inspect/pkcs12.js')
  const key = createPrivateKey(await readFile(live.privkey, 'utf8'))
  const certificates = parseChain(await readFile(live.fullchain, 'utf8'))
  return makePkcs12({ key, certificates, friendlyName: certName }, passphrase)
}

const stopped = new Failure('failed', {
  en: 'IIS (the service W3SVC) is not running. Start it ("Start-Service W3SVC"), then run the command again.',
  ja: 'IIS (サービス W3SVC) が動いていません。起動 ("Start-Service W3SVC") してから、もう一度実行してください。',
})

const otherCertificate = (imported: string) =>
  new Failure('failed', {
    en: `Windows imported another certificate (${imported || '-'}) than the one given.`,
    ja: `Windows が取り込んだ証明書 (${imported || '-'}) が、渡したものと違います。`,
  })

const unreadableList = (cause: unknown) =>
  new Failure(
    'failed',
    {
      en: 'PowerShell did not list the bindings of IIS as expected. Is the module WebAdministration there (Windows feature Web-Scripting-Tools)?',
      ja: 'PowerShell から IIS のバインド一覧を読めません。モジュール WebAdministration (Windows の機能 Web-Scripting-Tools) があるか確かめてください。',
    },
    { cause },
  )
