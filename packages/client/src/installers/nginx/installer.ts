/** The nginx installer: asks nginx itself where its configuration is and whether it is good. */
import { join } from 'node:path'
import { Failure } from '../../terminal/failure.js'
import { changesOf, ownFile } from '../bytes.js'
import type { Deployment, FoundServer, Installer, Plan } from '../contract.js'
import { isPidFileAlive } from '../pid-file.js'
import { mustSucceed, runProgram } from '../program.js'
import { nginxSettings } from '../tls-settings.js'
import { readConfiguration, type Configuration } from './parse.js'
import { planNginx, settingsFile } from './plan.js'
import { blocksFor, findServerBlocks, type ServerBlock } from './servers.js'

export interface NginxOptions {
  /** Program, `nginx` when absent. */
  ctl?: string
  /** Folder of nginx.conf; nginx's own when absent. */
  serverRoot?: string
}

export class NginxInstaller implements Installer {
  readonly name = 'nginx'
  private readonly program: string
  private readonly args: readonly string[]

  constructor({ ctl = 'nginx', serverRoot }: NginxOptions) {
    this.program = ctl
    this.args = serverRoot ? ['-c', join(serverRoot, 'nginx.conf')] : []
  }

  async describe(): Promise<string> {
    const { stderr } = await this.run('-v')
    return `${stderr.trim().replace('nginx version: ', '')} (${await this.mainFile()})`
  }

  async findServers(names: readonly string[]): Promise<FoundServer[]> {
    const blocks = findServerBlocks(await this.read())
    return [...new Set(names.flatMap((name) => blocksFor(blocks, name)))].map(toFound)
  }

  async deploy(deployment: Deployment): Promise<Plan> {
    const plan = planNginx(await this.read(), deployment)
    const path = settingsFile(deployment.settingsFolder)
    const settings = plan.usesSettings ? await ownFile(path, nginxSettings) : []
    return {
      servers: plan.blocks.map(toFound),
      changes: [...settings, ...(await changesOf(plan.edits))],
      endpoints: plan.endpoints,
    }
  }

  async test(): Promise<void> {
    mustSucceed('nginx -t', await this.run('-t'))
  }

  async isRunning(): Promise<boolean> {
    return isPidFileAlive(await this.pidFile())
  }

  async activate(): Promise<void> {
    mustSucceed('nginx -s reload', await this.run('-s', 'reload'))
  }

  private run(...args: string[]) {
    return runProgram(this.program, [...this.args, ...args])
  }

  private async read(): Promise<Configuration> {
    return readConfiguration(await this.mainFile())
  }

  /** `nginx -t` names the file it tested, wherever it was built or told to look. */
  private async mainFile(): Promise<string> {
    const ended = await this.run('-t')
    const file = /configuration file (.+?) (?:syntax is ok|test )/.exec(ended.stderr)?.[1]
    if (file) return Buffer.from(file, 'latin1').toString()
    mustSucceed('nginx -t', ended)
    throw new Failure('failed', {
      en: 'nginx -t does not say which configuration file it uses. Name its folder with --nginx-server-root.',
      ja: 'nginx -t が設定ファイルの場所を示しません。--nginx-server-root で指定してください。',
    })
  }

  private async pidFile(): Promise<string> {
    const { directives } = await this.read()
    const { stderr } = await this.run('-V')
    const built = (option: string) => new RegExp(`--${option}=(\\S+)`).exec(stderr)?.[1]
    const told = directives.find(({ name }) => name === 'pid')?.args[0]
    const file = told ?? built('pid-path') ?? '/var/run/nginx.pid'
    return file.startsWith('/') ? file : join(built('prefix') ?? '/usr/local/nginx', file)
  }
}

const toFound = ({ directive: { file, line }, names, tls }: ServerBlock): FoundServer => ({
  place: `${file}:${line}`,
  names,
  tls,
})
