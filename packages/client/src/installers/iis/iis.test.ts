import { describe, expect, it } from 'vitest'
import { planBindings, type Binding } from './plan.js'
import { quotePowerShell } from './quote.js'
import { renderBind, renderImport, renderList, renderRemove } from './script.js'

const https = (host: string, more: Partial<Binding> = {}): Binding => ({
  site: 'www',
  protocol: 'https',
  ip: '*',
  port: 443,
  host,
  sni: true,
  thumbprint: 'AA',
  ...more,
})
const http = (host: string, more: Partial<Binding> = {}) =>
  https(host, { protocol: 'http', port: 80, sni: false, thumbprint: '', ...more })
const wanted = { thumbprint: 'BB', httpsPort: 443 }
const action = (kind: 'replace' | 'add', host: string, more: object = {}) => ({
  kind,
  site: 'www',
  ip: '*',
  port: 443,
  host,
  ...more,
})

describe('planBindings', () => {
  it.each([
    {
      name: 'replaces the certificate of a TLS binding',
      bindings: [https('a.jp')],
      names: ['a.jp'],
      actions: [action('replace', 'a.jp')],
    },
    {
      name: 'adds TLS to a plain site',
      bindings: [http('a.jp')],
      names: ['a.jp'],
      actions: [action('add', 'a.jp')],
    },
    {
      name: 'adds none where the site has TLS for the name',
      bindings: [http('a.jp'), https('a.jp')],
      names: ['a.jp'],
      actions: [action('replace', 'a.jp')],
    },
    {
      name: 'leaves a binding that has the certificate',
      bindings: [https('a.jp', { thumbprint: 'bb' })],
      names: ['a.jp'],
      actions: [],
    },
    {
      name: 'leaves another site with the same old certificate',
      bindings: [https('a.jp'), https('b.jp', { site: 'other' })],
      names: ['a.jp'],
      actions: [action('replace', 'a.jp')],
    },
    {
      name: 'leaves a binding that answers for every name',
      bindings: [https('', { sni: false }), https('a.jp')],
      names: ['a.jp'],
      actions: [action('replace', 'a.jp')],
    },
    {
      name: 'takes host names without regard to case',
      bindings: [https('A.jp')],
      names: ['a.jp'],
      actions: [action('replace', 'A.jp')],
    },
    {
      name: 'keeps address and port',
      bindings: [https('a.jp', { ip: '192.0.2.1', port: 8443 })],
      names: ['a.jp'],
      actions: [action('replace', 'a.jp', { ip: '192.0.2.1', port: 8443 })],
    },
    {
      name: 'lets a wildcard stand for one label',
      bindings: [https('x.a.jp'), https('x.y.a.jp')],
      names: ['*.a.jp'],
      actions: [action('replace', 'x.a.jp')],
    },
  ])('$name', ({ bindings, names, actions }) => {
    expect(planBindings(bindings, names, wanted).actions).toEqual(actions)
  })

  it('refuses a name that no site has, and says which are there', () => {
    expect(() => planBindings([http('b.jp')], ['a.jp'], wanted)).toThrow(/a\.jp.*www: b\.jp/)
  })

  it('shows the bindings that hide others from clients without SNI', () => {
    const hidden = https('', { sni: false })
    expect(planBindings([hidden, https('a.jp')], ['a.jp'], wanted).catchAll).toEqual([hidden])
  })
})

describe('quotePowerShell', () => {
  it.each([
    { text: 'Default Web Site', quoted: "'Default Web Site'" },
    { text: "it's", quoted: "'it''s'" },
    // PowerShell ends a string at any of these.
    {
      text: 'a\u2018b\u2019c\u201ad\u201be',
      quoted: "'a\u2018\u2018b\u2019\u2019c\u201a\u201ad\u201b\u201be'",
    },
    { text: '$(Remove-Item x)`"', quoted: "'$(Remove-Item x)`\"'" },
    { text: '既定の Web サイト', quoted: "'既定の Web サイト'" },
  ])('keeps $text one string', ({ text, quoted }) => {
    expect(quotePowerShell(text)).toBe(quoted)
  })
  it.each(['a\nb', 'a\rb', 'a\0b'])('refuses a line break or a NUL', (text) => {
    expect(() => quotePowerShell(text)).toThrow('line break')
  })
})

describe('the scripts for IIS', () => {
  it('stop at the first error', () => {
    for (const script of [renderList(), renderImport('a.pfx'), renderBind([], 'BB'), renderRemove('AA')])
      expect(script).toMatch(/^\$ErrorActionPreference = 'Stop'\nSet-StrictMode/)
  })
  it('name groups by identifier only, since their names are translated', () => {
    const script = renderImport('C:\\証明書\\a.pfx')
    expect(script).toContain("'S-1-5-32-544'")
    expect(script).not.toMatch(/Administrators|NETWORK SERVICE|IIS_IUSRS/)
  })
  it('have no passphrase in them', () => {
    expect(renderImport('a.pfx')).toContain('[Console]::In.ReadLine()')
  })
  it('bind with SNI and look the binding up by its host name', () => {
    const script = renderBind([{ kind: 'add', site: "a'b", ip: '*', port: 443, host: 'a.jp' }], 'BB')
    expect(script).toContain(
      "New-WebBinding -Name 'a''b' -Protocol 'https' -IPAddress '*' -Port 443 -HostHeader 'a.jp' -SslFlags 1",
    )
    expect(script).toContain("$binding.AddSslCertificate($thumbprint, 'My')")
  })
  it('remove a certificate by its thumbprint, with its key', () => {
    expect(renderRemove('AA')).toContain("Remove-Item -LiteralPath 'Cert:\\LocalMachine\\My\\AA' -DeleteKey")
  })
})
