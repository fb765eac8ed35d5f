/** The Apache 2.4 installer: asks Apache itself which VirtualHosts it has. */
import { dirname } from 'node:path'
import { existsSync } from 'node:fs'
import { changesOf, ownFile } from '../bytes.js'
import type { Deployment, FoundServer, Installer, Plan } from '../contract.js'
import { isPidFileAlive } from '../pid-file.js'
import { mustSucceed, runProgram } from '../program.js'
import { apacheSettings } from '../tls-settings.js'
import { dumpArguments, parseDump, type Dump } from './dump.js'
import { hostsFor, readHosts, type VirtualHost } from './hosts.js'
import { enableModule } from './modules.js'
import { planApache, settingsFile } from './plan.js'

/** Debian's reads its environment (APACHE_RUN_USER …) first; Red Hat's is the second. */
const programs = ['/usr/sbin/apache2ctl', '/usr/sbin/apachectl', '/usr/sbin/httpd']

export class ApacheInstaller implements Installer {
  readonly name = 'apache'
  private readonly program: string

  constructor({ ctl }: { ctl?: string }) {
    this.program = ctl ?? programs.find((path) => existsSync(path)) ?? 'apachectl'
  }

  async describe(): Promise<string> {
    const { stdout } = await runProgram(this.program, ['-v'])
    const { files } = await this.read()
    return `${/Apache\/\S+/.exec(stdout)?.[0] ?? 'Apache'} (${files[0] ?? '-'})`
  }

  async findServers(names: readonly string[]): Promise<FoundServer[]> {
    const hosts = readHosts(await this.read())
    return [...new Set(names.flatMap((name) => hostsFor(hosts, name)))].map(toFound)
  }

  async deploy(deployment: Deployment): Promise<Plan> {
    const dump = await this.read()
    const plan = planApache(dump, deployment)
    const root = dirname(dump.files[0] ?? dump.serverRoot)
    const missing = plan.modules.filter((name) => !dump.modules.has(`${name}_module`))
    const links = missing.flatMap((name) => enableModule(name, root))
    const path = settingsFile(deployment.settingsFolder)
    const settings = plan.usesSettings ? await ownFile(path, apacheSettings) : []
    return {
      servers: plan.hosts.map(toFound),
      changes: [...links, ...settings, ...(await changesOf(plan.edits))],
      endpoints: plan.endpoints,
    }
  }

  async test(): Promise<void> {
    mustSucceed('apachectl configtest', await runProgram(this.program, ['-t']))
  }

  async isRunning(): Promise<boolean> {
    return isPidFileAlive((await this.read()).pidFile)
  }

  /** Only to a running server: `graceful` would start a stopped one. */
  async activate(): Promise<void> {
    mustSucceed('apachectl graceful', await runProgram(this.program, ['-k', 'graceful']))
  }

  private async read(): Promise<Dump> {
    const ended = await runProgram(this.program, ['-t', ...dumpArguments])
    mustSucceed('apachectl -t -D DUMP_VHOSTS', ended)
    return parseDump(Buffer.from(ended.stdout, 'latin1').toString())
  }
}

const toFound = ({ file, line, names, tls }: VirtualHost): FoundServer => ({
  place: `${file}:${line}`,
  names,
  tls,
})
