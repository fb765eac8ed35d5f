/**
 * The files installer, for services that want the certificate elsewhere, with an
 * owner of their own: Postfix, Dovecot, LDAP, RADIUS. It copies, runs a command,
 * and looks at the service when told where it listens.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Change } from '../../journal/journal.js'
import { digest, takeSnapshot, type FileSnapshot } from '../../journal/snapshot.js'
import { checkReplaceable } from '../../keystore/output-path.js'
import { ownUser, readOwner } from '../../keystore/owner.js'
import { Failure } from '../../terminal/failure.js'
import type { Deployment, FoundServer, Installer, InstallerOptions, Plan } from '../contract.js'
import { readEndpoint } from '../read-endpoint.js'
import { mustSucceed, runShell } from '../program.js'

const targets = {
  filesFullchain: 'fullchain',
  filesCert: 'cert',
  filesChain: 'chain',
  filesKey: 'privkey',
} as const

export class FilesInstaller implements Installer {
  readonly name = 'files'

  constructor(private readonly options: InstallerOptions) {
    const paths = this.paths().map(({ path }) => path)
    if (paths.length === 0 && !options.reloadCommand) throw nothingToDo
    if (new Set(paths).size < paths.length) throw samePlace
  }

  describe(): Promise<string> {
    return Promise.resolve(
      this.paths()
        .map(({ path }) => path)
        .join(', '),
    )
  }

  findServers(names: readonly string[]): Promise<FoundServer[]> {
    return Promise.resolve(this.paths().map(({ path }) => ({ place: path, names, tls: true })))
  }

  async deploy({ live, names }: Deployment): Promise<Plan> {
    const { filesOwner } = this.options
    const changes: Change[] = []
    for (const { path, part, option } of this.paths()) {
      await checkReplaceable(path, flagOf(option))
      const before = await takeSnapshot(path)
      const after: FileSnapshot = {
        kind: 'file',
        content: readFileSync(live[part]),
        mode: this.mode(part),
        ...(filesOwner ? readOwner(filesOwner, '--files-owner') : ownUser()),
      }
      if (digest(before) !== digest(after) || (before.kind === 'file' && before.mode !== after.mode))
        changes.push({ path, after })
    }
    const endpoints = this.options.check ? [readEndpoint(this.options.check, names)] : []
    return { servers: await this.findServers(names), changes, endpoints }
  }

  async test(): Promise<void> {
    const { testCommand } = this.options
    if (testCommand) mustSucceed(testCommand, await runShell(testCommand))
  }

  /** The reload command decides by itself. */
  isRunning(): Promise<boolean> {
    return Promise.resolve(true)
  }

  async activate(): Promise<void> {
    const { reloadCommand } = this.options
    if (reloadCommand) mustSucceed(reloadCommand, await runShell(reloadCommand))
  }

  private paths() {
    return Object.entries(targets).flatMap(([option, part]) => {
      const path = this.options[option as keyof typeof targets]
      return path ? [{ path: resolve(path), part, option }] : []
    })
  }

  private mode(part: string): number {
    const { filesMode } = this.options
    const asked = filesMode ? parseInt(filesMode, 8) : 0o600
    return part === 'privkey' ? asked : asked | 0o444
  }
}

/** `filesKey` is `--files-key`. */
const flagOf = (option: string) => `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

const samePlace = new Failure('usage', {
  en: 'Two of --files-fullchain, --files-cert, --files-chain and --files-key name the same file, where the last would replace the others. Name one file for each; what wants key and chain in one file is served by a --deploy-hook.',
  ja: '--files-fullchain、--files-cert、--files-chain、--files-key のうち 2 つが同じファイルを指しており、後のものが前のものを上書きします。別々のファイルを指定してください。鍵とチェーンを 1 つのファイルに入れるには --deploy-hook を使います。',
})

const nothingToDo = new Failure('usage', {
  en: 'The files installer needs somewhere to copy to: --files-fullchain, --files-key, --files-cert or --files-chain; or a --reload-command.',
  ja: 'files インストーラには --files-fullchain、--files-key、--files-cert、--files-chain のいずれか、または --reload-command が必要です。',
})
