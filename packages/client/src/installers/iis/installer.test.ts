/** The IIS installer against a Windows that records what it is told: test/installers has no IIS. */
import { createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { parseChain } from '../../acme/certificate-chain.js'
import { listEntries } from '../../journal/journal.js'
import { generateCertificateKey } from '../../keystore/certificate-key.js'
import { installVersion, livePaths } from '../../keystore/lineage.js'
import { CertificateAuthority } from '../../testing/certificate-authority.js'
import { FakeWindows } from '../../testing/fake-windows.js'
import { makeWorkspace, type Workspace } from '../../testing/run-in-process.js'
import { loadPowerShellGrammar } from '../../testing/powershell-grammar.js'
import { Reporter } from '../../terminal/reporter.js'
import { deployCertificate, putBack } from '../deploy.js'
import { IisInstaller } from './installer.js'
import type { Binding } from './plan.js'

const site = "既定の Web サイト 'A'"
const host = 'www.example.ac.jp'
const name = 'site'

let workspace: Workspace
let windows: FakeWindows
afterEach(async () => {
  await windows.stop()
  await workspace.remove()
})

const http: Binding = {
  ...{ site, protocol: 'http', ip: '*', port: 80, host },
  ...{ sni: false, central: false, thumbprint: '' },
}

async function prepare(bindings: Binding[] = [http]) {
  workspace = await makeWorkspace()
  windows = new FakeWindows(bindings.map((one) => ({ ...one })))
  const httpsPort = await windows.start()
  const directories = {
    config: workspace.configDir,
    work: workspace.path('work'),
    logs: workspace.path('logs'),
  }
  const ca = await CertificateAuthority.create()
  let number = 0
  const warnings = { text: '' }
  const issue = async () => {
    const privateKey = await generateCertificateKey('p384')
    const spki = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' })
    const algorithm = { name: 'ECDSA', namedCurve: 'P-384' }
    const publicKey = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify'])
    const chain = parseChain(await ca.issue({ names: [host], publicKey }))
    await installVersion(directories, name, { number: ++number, privateKey, chain })
    return new X509Certificate(chain[0]!.raw).fingerprint.replaceAll(':', '')
  }
  const install = async () => {
    const live = livePaths(directories, name)
    const reporter = new Reporter({
      ...{ language: 'en', quiet: false, json: false },
      stdout: { write: () => undefined },
      stderr: { write: (text) => (warnings.text += text) },
    })
    return deployCertificate(
      new IisInstaller(windows.run),
      {
        ...{ certName: name, names: [host], live, redirect: false, hsts: false, httpsPort },
        settingsFolder: workspace.path('settings'),
      },
      parseChain(readFileSync(live.fullchain, 'utf8')),
      { directories, reporter, now: new Date() },
    )
  }
  const https = () => windows.bindings.filter(({ protocol }) => protocol === 'https')
  return { directories, httpsPort, issue, install, https, warnings }
}

describe('the IIS installer', () => {
  it('imports, binds with SNI, and sees the certificate on the wire', async () => {
    const { issue, install, https, httpsPort } = await prepare()
    const thumbprint = await issue()
    expect(await install()).toMatchObject({ state: 'seen', entry: 1 })
    expect(https()).toEqual([{ ...http, protocol: 'https', port: httpsPort, sni: true, thumbprint }])
  })

  it('runs these programs in this order, with nothing secret among the arguments', async () => {
    const { issue, install } = await prepare()
    await issue()
    await install()
    const steps = windows.commands.map(({ file, args, script }) => {
      const program = file.split(/[\\/]/).at(-1)
      const verb = /Get-ChildItem|Set-Acl|Import-PfxCertificate|New-WebBinding/.exec(script)?.[0]
      return `${program} ${script ? `${args.slice(0, -1).join(' ')} ${verb}` : args.join(' ')}`
    })
    const powershell = 'powershell.exe -NoLogo -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand'
    expect(steps).toEqual([
      `${powershell} Get-ChildItem`,
      `${powershell} Get-ChildItem`,
      'netsh.exe http show sslcert',
      `${powershell} Get-ChildItem`,
      `${powershell} Set-Acl`,
      `${powershell} Import-PfxCertificate`,
      `${powershell} New-WebBinding`,
      'netsh.exe http show sslcert',
    ])
    const [secret] = windows.commands.flatMap(({ input }) => (input ? [input.trim()] : []))
    expect(secret).toMatch(/^[\w-]{32}$/)
    expect(JSON.stringify(windows.commands.map(({ args, script }) => [args, script]))).not.toContain(secret)
  })

  it('keeps every command below the longest that Windows takes', async () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ ...http, site: `${site}${n}`.padEnd(260, '表') }))
    const { issue, install } = await prepare(many)
    await issue()
    await install()
    const lengths = windows.commands.map(({ file, args }) => [file, ...args].join(' ').length)
    expect(Math.max(...lengths)).toBeLessThan(32_767)
  })

  it('leaves no PFX behind', async () => {
    const { issue, install } = await prepare()
    await issue()
    await install()
    expect(readdirSync(workspace.path('settings', 'iis'))).toEqual(['site.json'])
  })

  it('keeps the certificate before in the store, and removes it one renewal later', async () => {
    const { issue, install, https } = await prepare()
    const first = await issue()
    await install()
    const second = await issue()
    await install()
    expect(https().map(({ thumbprint }) => thumbprint)).toEqual([second])
    expect([...windows.store.keys()]).toEqual([first, second])
    const third = await issue()
    await install()
    expect([...windows.store.keys()]).toEqual([second, third])
  })

  it('does not remove a certificate that HTTP.sys still has', async () => {
    const { issue, install } = await prepare()
    const first = await issue()
    await install()
    await issue()
    await install()
    windows.netsh = `\r\n    IP:port : 0.0.0.0:8443\r\n    Certificate Hash : ${first.toLowerCase()}\r\n`
    await issue()
    await install()
    expect(windows.store.has(first)).toBe(true)
  })

  it('does nothing when the certificate is bound already', async () => {
    const { issue, install } = await prepare()
    await issue()
    await install()
    windows.commands.length = 0
    expect(await install()).toMatchObject({ state: 'seen', entry: undefined })
    expect(windows.commands.some(({ script }) => /Import-Pfx|-WebBinding/.test(script))).toBe(false)
  })

  it.each([
    { step: 'the import', broken: 'Import-PfxCertificate' },
    { step: 'the binding', broken: 'AddSslCertificate($thumbprint' },
  ])('binds the old certificate again when $step fails', async ({ broken }) => {
    const { issue, install, https } = await prepare()
    const first = await issue()
    await install()
    await issue()
    windows.broken = broken
    await expect(install()).rejects.toThrow(/アクセスが拒否されました[^]*as it was before/)
    expect(https().map(({ thumbprint }) => thumbprint)).toEqual([first])
  })

  it('takes a binding that it made away again by rollback, and leaves the plain one', async () => {
    const { directories, issue, install } = await prepare()
    await issue()
    await install()
    const [entry] = await listEntries(directories)
    await putBack(new IisInstaller(windows.run), entry!)
    expect(windows.bindings).toEqual([http])
  })

  it('binds the old certificate again by rollback of a renewal', async () => {
    const { directories, issue, install, https } = await prepare()
    const first = await issue()
    await install()
    await issue()
    await install()
    await putBack(new IisInstaller(windows.run), (await listEntries(directories)).at(-1)!)
    expect(https().map(({ thumbprint }) => thumbprint)).toEqual([first])
  })

  it('binds each certificate before again by rollback of renewal after renewal, though it had left the store', async () => {
    const { directories, issue, install, https } = await prepare()
    const issued: string[] = []
    for (let renewals = 0; renewals < 4; renewals++) {
      issued.push(await issue())
      await install()
    }
    expect([...windows.store.keys()]).toEqual(issued.slice(2))
    for (const [index, entry] of (await listEntries(directories)).reverse().entries()) {
      if (index === 3) break
      await putBack(new IisInstaller(windows.run), entry)
      expect(https().map(({ thumbprint }) => thumbprint)).toEqual([issued[2 - index]])
    }
    expect(readdirSync(workspace.path('settings', 'iis'))).toEqual(['site.json'])
  })

  it('changes nothing while IIS is stopped', async () => {
    const { issue, install } = await prepare()
    await issue()
    windows.running = false
    await expect(install()).rejects.toThrow('W3SVC')
    expect(windows.bindings).toEqual([http])
  })

  it('warns of a certificate of HTTP.sys that no binding shows', async () => {
    const { issue, install, httpsPort, warnings } = await prepare()
    await issue()
    windows.netsh = `\r\nIP:port : 0.0.0.0:${httpsPort}\r\nCertificate Hash : ${'ab'.repeat(20)}\r\n`
    await install()
    expect(warnings.text).toContain(`netsh http delete sslcert ipport=0.0.0.0:${httpsPort}`)
  })

  it('writes scripts that the grammar of PowerShell takes', async () => {
    const { directories, issue, install } = await prepare()
    for (let renewals = 0; renewals < 3; renewals++) {
      await issue()
      await install()
    }
    for (const entry of (await listEntries(directories)).reverse())
      await putBack(new IisInstaller(windows.run), entry)
    const mistakes = await loadPowerShellGrammar()
    expect(mistakes("if ($x { 'a' }")).not.toEqual([])
    const scripts = [...new Set(windows.commands.map(({ script }) => script).filter(Boolean))]
    expect(scripts.length).toBeGreaterThanOrEqual(6)
    for (const script of scripts)
      expect({ script, mistakes: mistakes(script) }).toEqual({ script, mistakes: [] })
  })
})
