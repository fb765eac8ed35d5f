import { describe, expect, it } from 'vitest'
import { planBindings, type Binding } from './plan.js'
import { quotePowerShell } from './quote.js'
import {
  renderBind,
  renderImport,
  renderList,
  renderProtect,
  renderRemove,
  renderTakeBack,
} from './script.js'
import { parseSslCerts } from './sslcert.js'
import { explainMappings } from './mappings.js'

const https = (host: string, more: Partial<Binding> = {}): Binding => ({
  site: 'www',
  protocol: 'https',
  ip: '*',
  port: 443,
  host,
  sni: true,
  central: false,
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
  was: kind === 'add' ? '' : 'AA',
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

  const noSni = (host: string, more: Partial<Binding> = {}) => https(host, { sni: false, ...more })
  it.each([
    {
      name: 'a binding without SNI that shares its address with a stranger',
      bindings: [noSni('a.jp'), noSni('b.jp', { site: 'other' })],
      says: /Server Name Indication.*other \*:443:b\.jp/,
    },
    {
      name: 'a binding without SNI beside one for every name',
      bindings: [noSni('a.jp'), noSni('', { site: 'other' })],
      says: /Server Name Indication/,
    },
    {
      name: 'a binding of the Central Certificate Store',
      bindings: [https('a.jp', { central: true })],
      says: /Central Certificate Store/,
    },
  ])('refuses $name', ({ bindings, says }) => {
    expect(() => planBindings(bindings, ['a.jp'], wanted)).toThrow(says)
  })
  it.each([
    { name: 'alone at its address', bindings: [noSni('a.jp')] },
    { name: 'beside a stranger at another port', bindings: [noSni('a.jp'), noSni('b.jp', { port: 8443 })] },
    { name: 'beside a stranger with SNI', bindings: [noSni('a.jp'), https('b.jp')] },
  ])('takes a binding without SNI $name', ({ bindings }) => {
    expect(planBindings(bindings, ['a.jp'], wanted).actions).toEqual([action('replace', 'a.jp')])
  })
})

// As Windows Server 2022 writes them, in English and in Japanese.
const hash = 'c0ffee'.repeat(7).slice(0, 40)
const english = `
SSL Certificate bindings:
-------------------------

    IP:port                      : 0.0.0.0:443
    Certificate Hash             : ${hash}
    Application ID               : {4dc3e181-e14b-4a21-b022-59fc669b0914}
    Certificate Store Name       : My
    Ctl Identifier               : (null)

    Hostname:port                : www.example.ac.jp:443
    Certificate Hash             : ${hash}
    Application ID               : {4dc3e181-e14b-4a21-b022-59fc669b0914}
    Certificate Store Name       : My

    IP:port                      : [::]:8443
    Certificate Hash             : ${hash}

    Central Certificate Store    : 443
    Certificate Hash             : (null)
`
const japanese = english
  .replace('SSL Certificate bindings', 'SSL 証明書のバインド')
  .replaceAll('IP:port     ', 'IP:ポート     ')
  .replaceAll('Hostname:port', 'ホスト名:ポート')
  .replaceAll('Certificate Hash', '証明書のハッシュ')

describe('parseSslCerts', () => {
  const thumbprint = hash.toUpperCase()
  it.each([
    { language: 'English', text: english },
    { language: 'Japanese', text: japanese },
    { language: 'English with Windows line ends', text: english.replaceAll('\n', '\r\n') },
  ])('reads what netsh says in $language', ({ text }) => {
    expect(parseSslCerts(text)).toEqual([
      { host: '0.0.0.0', port: 443, byName: false, thumbprint },
      { host: 'www.example.ac.jp', port: 443, byName: true, thumbprint },
      { host: '[::]', port: 8443, byName: false, thumbprint },
    ])
  })
})

describe('explainMappings', () => {
  const [byAddress, byName] = parseSslCerts(english)
  const visible = https('', { sni: false, thumbprint: hash, site: 'default' })
  const ports = [443]
  it.each([
    {
      name: 'a mapping that no binding shows',
      certs: [byAddress!],
      bindings: [],
      says: [/netsh http delete/],
    },
    { name: 'the site that has it', certs: [byAddress!], bindings: [visible], says: [/site "default"/] },
    { name: 'nothing of a mapping by name', certs: [byName!], bindings: [], says: [] },
    { name: 'nothing of our own certificate', certs: [byAddress!], bindings: [], ours: hash, says: [] },
    { name: 'nothing of another port', certs: [byAddress!], bindings: [], ports: [8443], says: [] },
  ])('tells $name', ({ certs, bindings, says, ours = 'BB', ports: asked = ports }) => {
    const texts = explainMappings(certs, bindings, { ports: asked, thumbprint: ours }).map(({ en }) => en)
    expect(texts).toEqual(says.map((pattern) => expect.stringMatching(pattern) as string))
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
  const made = { kind: 'add', site: "a'b", ip: '*', port: 443, host: 'a.jp', was: '' } as const
  const replaced = { ...made, kind: 'replace', was: 'AA' } as const
  it('stop at the first error', () => {
    const scripts = [renderList(), renderImport('a.pfx'), renderBind([], 'BB'), renderRemove(['AA'])]
    for (const script of [...scripts, renderProtect('C:\\x'), renderTakeBack([made])])
      expect(script).toMatch(/^\$ErrorActionPreference = 'Stop'\nSet-StrictMode/)
  })
  it('name groups by identifier only, since their names are translated', () => {
    const script = renderProtect('C:\\証明書')
    expect(script).toContain("'S-1-5-32-544'")
    expect(script).not.toMatch(/Administrators|NETWORK SERVICE|IIS_IUSRS|SYSTEM/)
  })
  it('have no passphrase in them', () => {
    expect(renderImport('a.pfx')).toContain('[Console]::In.ReadLine()')
  })
  it('bind with SNI and look the binding up by its host name', () => {
    const script = renderBind([made], 'BB')
    expect(script).toContain(
      "New-WebBinding -Name 'a''b' -Protocol 'https' -IPAddress '*' -Port 443 -HostHeader 'a.jp' -SslFlags 1",
    )
    expect(script).toContain("$binding.AddSslCertificate($thumbprint, 'My')")
  })
  it('make no binding where there is one', () => {
    expect(renderBind([replaced], 'BB')).not.toContain('New-WebBinding')
  })
  it('take back: a binding made is removed, one changed gets the old certificate', () => {
    expect(renderTakeBack([made])).toContain('Remove-WebBinding')
    expect(renderTakeBack([made])).not.toContain('AddSslCertificate')
    expect(renderTakeBack([replaced])).toContain("$binding.AddSslCertificate('AA', 'My')")
    expect(renderTakeBack([{ ...replaced, was: '' }])).not.toContain('WebBinding')
  })
  it('remove certificates by their thumbprints, with their keys', () => {
    const script = renderRemove(['AA', 'BB'])
    expect(script).toContain("@('AA', 'BB')")
    expect(script).toContain('Remove-Item -LiteralPath $path -DeleteKey')
  })
})
