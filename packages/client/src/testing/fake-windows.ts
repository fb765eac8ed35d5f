/**
 * A Windows that the IIS installer can be driven against where there is none. It
 * records every command, knows the few forms of script that the installer writes,
 * and serves TLS by its bindings with what was truly in the PFX it was given.
 * It is no proof that a real Windows takes the commands.
 */
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import type { X509Certificate, KeyObject } from 'node:crypto'
import { readPkcs12 } from '../inspect/pkcs12.js'
import type { Binding } from '../installers/iis/plan.js'
import type { Run } from '../installers/iis/powershell.js'

export interface Command {
  file: string
  args: readonly string[]
  /** Decoded from `-EncodedCommand`. */
  script: string
  input?: string
}

/** A string of PowerShell between single quotes, as text. */
const unquote = (text: string) => text.replace(/''/g, "'")
const quoted = "'((?:[^']|'')*)'"
const place = `-Name ${quoted} -Protocol 'https' -IPAddress ${quoted} -Port (\\d+) -HostHeader ${quoted}`

export class FakeWindows {
  readonly commands: Command[] = []
  /** Certificates in the machine's store, by thumbprint. */
  readonly store = new Map<string, SecureContext>()
  netsh = ''
  running = true
  /** Words of a script that fails. */
  broken?: string
  private server?: Server

  constructor(public bindings: Binding[]) {}

  /** Serves on a free port. */
  async start(): Promise<number> {
    this.server = createServer({
      SNICallback: (name, done) => done(null, this.contextFor(name)),
    }).on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve))
    return (this.server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)))
  }

  readonly run: Run = async (file, args, input) => {
    const script = Buffer.from(args.at(-1) ?? '', 'base64').toString('utf16le')
    const isScript = args.includes('-EncodedCommand')
    this.commands.push({ file, args, script: isScript ? script : '', input })
    if (!isScript) return { status: this.netsh ? 0 : 1, stdout: this.netsh, stderr: '' }
    if (this.broken && script.includes(this.broken))
      return { status: 1, stdout: '', stderr: toLatin1('アクセスが拒否されました。') }
    return { status: 0, stdout: toLatin1(await this.answer(script, input)), stderr: '' }
  }

  private async answer(script: string, input = ''): Promise<string> {
    const pfx = new RegExp(`-FilePath ${quoted}`).exec(script)?.[1]
    if (script.includes('Get-ChildItem')) return this.list()
    if (pfx) return this.import(unquote(pfx), input.trim())
    const asked = new RegExp(`My\\\\' \\+ ${quoted}\\)\n$`).exec(script)?.[1]
    if (asked) return this.store.has(asked) ? 'True\r\n' : 'False\r\n'
    if (script.includes('Remove-Item')) this.removeFrom(script)
    for (const line of script.split('\n')) this.execute(line, script)
    return ''
  }

  private list(): string {
    return `\ufeff${JSON.stringify({ running: this.running, bindings: this.bindings })}\r\n`
  }

  private async import(path: string, passphrase: string): Promise<string> {
    const objects = await readPkcs12(path, await readFile(path), passphrase)
    const key = objects.find(({ type }) => type === 'private-key') as { key: KeyObject }
    const certificates = objects.flatMap((one) => (one.type === 'certificate' ? [one.certificate] : []))
    const leaf = certificates.find((one) => one.checkPrivateKey(key.key)) as X509Certificate
    const chain = [leaf, ...certificates.filter((one) => one !== leaf)]
    const context = createSecureContext({
      key: key.key.export({ type: 'pkcs8', format: 'pem' }),
      cert: chain.join('\n'),
    })
    const thumbprint = leaf.fingerprint.replaceAll(':', '')
    this.store.set(thumbprint, context)
    return `${thumbprint}\r\n`
  }

  private removeFrom(script: string): void {
    for (const [thumbprint] of this.store)
      if (script.includes(`'${thumbprint}'`)) this.store.delete(thumbprint)
  }

  private current?: Binding

  private execute(line: string, script: string): void {
    const [, site = '', ip = '', port, host = ''] = (new RegExp(place).exec(line) ?? []).map(unquote)
    const found = this.bindings.find(
      (one) =>
        one.protocol === 'https' && one.site === site && one.port === Number(port) && one.host === host,
    )
    if (port && line.includes('New-WebBinding') && !found)
      this.bindings.push({
        ...{ site, protocol: 'https', ip, port: Number(port), host },
        ...{ sni: line.includes('-SslFlags 1'), central: false, thumbprint: '' },
      })
    else if (port && line.includes('Remove-WebBinding'))
      this.bindings = this.bindings.filter((one) => one !== found)
    else if (port) this.current = found
    if (line.includes('AddSslCertificate')) this.bind(line, script)
  }

  private bind(line: string, script: string): void {
    const given = new RegExp(`AddSslCertificate\\(${quoted}`).exec(line)?.[1]
    const thumbprint = given ?? new RegExp(`\\$thumbprint = ${quoted}`).exec(script)?.[1] ?? ''
    if (!this.store.has(thumbprint)) throw new Error(`${thumbprint} is not in the store`)
    if (this.current) this.current.thumbprint = thumbprint
  }

  private contextFor(name: string): SecureContext | undefined {
    return this.store.get(
      this.bindings.find(({ host, protocol }) => protocol === 'https' && host === name)?.thumbprint ?? '',
    )
  }
}

const toLatin1 = (text: string) => Buffer.from(text).toString('latin1')
