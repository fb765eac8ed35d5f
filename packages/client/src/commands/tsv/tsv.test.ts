/** The bundled program on files: exit statuses, formats of findings, what is written. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseCsr } from '@upki-gateway/shared/csr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('../../../../../', import.meta.url))
let folder: string
let bundle: string

interface Ended {
  status: number
  stdout: string
  stderr: string
}

const run = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, LANG: 'C' }
    execFile(process.execPath, [bundle, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })

const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return name
}
const read = (name: string): string => readFileSync(join(folder, name), 'latin1')

const registered = ['--organization', 'Example University', '--locality', 'Chiyoda-ku', '--state', 'Tokyo']
const subscriber = ['--subscriber-email', 'taro@example.ac.jp', '--software', 'nginx 1.28']
const revocation = (reason: string) =>
  `CN=a.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP\t\t\t255\t${reason}${'\t'.repeat(8)}\r\n`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upki tsv '))
  bundle = join(folder, 'upki-client.mjs')
  execFileSync(process.execPath, [join(repository, 'scripts', 'bundle-client.mjs'), bundle])
  await run('csr', ...registered, '-o', 'www', 'www.example.ac.jp', 'web.example.ac.jp')
  write('good.tsv', revocation('4'))
  write('bad.tsv', revocation('2'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('csr', () => {
  it('makes a key that only its owner reads, and a CSR that passes', async () => {
    expect(statSync(join(folder, 'www.key')).mode & 0o777).toBe(0o600)
    const { stdout } = await run('inspect', '--json', 'www.csr', 'www.key')
    const { files } = JSON.parse(stdout) as { files: { objects: Record<string, unknown>[] }[] }
    const [csr, key] = files.flatMap(({ objects }) => objects)
    expect(csr).toMatchObject({
      subject: 'CN=www.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      key: 'rsa2048',
    })
    expect(key?.spkiSha256).toBe(csr?.spkiSha256)
    expect(stdout).not.toContain('PRIVATE')
  })

  it('replaces no file, and makes nothing for a name that is refused', async () => {
    const before = read('www.key')
    expect((await run('csr', ...registered, '-o', 'www', 'www.example.ac.jp')).status).toBe(2)
    expect(read('www.key')).toBe(before)
    expect(await run('csr', ...registered, '-o', 'wild', '*.example.ac.jp')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('wildcard') as string,
    })
    expect(readdirSync(folder)).not.toContain('wild.key')
  })
})

describe('tsv check', () => {
  it.each([
    ['a clean file', ['good.tsv'], 0],
    ['a file with an error', ['bad.tsv'], 1],
    ['one of two', ['good.tsv', 'bad.tsv'], 1],
    ['a file that is not there', ['none.tsv'], 2],
    ['a kind that there is not', ['--kind', 'server-stop', 'good.tsv'], 2],
    ['an option that there is not', ['--colour', 'good.tsv'], 2],
    ['the wrong menu', ['--kind', 'server-issue', 'good.tsv'], 1],
  ])('%s ends with its status', async (_, args, status) => {
    expect((await run('tsv', 'check', ...args)).status).toBe(status)
  })

  it('shows the guess, the place, the code and what to do', async () => {
    const { stdout } = await run('tsv', 'check', 'bad.tsv')
    for (const text of [
      'taken to be server-revoke',
      'row 1 [5 revocation reason] error',
      'reasonUnknown',
      'superseded',
    ])
      expect(stdout).toContain(text)
    expect((await run('tsv', 'check', '--lang', 'ja', 'bad.tsv')).stdout).toContain('1行 [5 失効理由] エラー')
  })

  it('tells of files that the service would not read', async () => {
    write('named.csv', 'kind,serial\r\n')
    write('utf8.tsv', revocation('4').replace(`4${'\t'.repeat(8)}`, `4\t更新${'\t'.repeat(7)}`))
    write('many.tsv', revocation('4').repeat(100))
    const { stdout } = await run('tsv', 'check', '--json', 'named.csv', 'utf8.tsv', 'many.tsv')
    const { files } = JSON.parse(stdout) as {
      files: { findings: { code: string; upstreamCode?: string }[] }[]
    }
    const codes = files.map(({ findings }) => findings.map(({ code }) => code))
    expect(codes[0]).toContain('inputEmpty')
    expect(codes[1]).toContain('fileEncoding')
    expect(codes[2]).toContain('fileTooManyRows')
  })

  it('writes SARIF and workflow commands', async () => {
    const sarif = JSON.parse((await run('tsv', 'check', '--sarif', 'bad.tsv')).stdout) as {
      version: string
      runs: { results: { ruleId: string; level: string }[] }[]
    }
    expect(sarif.version).toBe('2.1.0')
    expect(sarif.runs[0]?.results).toContainEqual(
      expect.objectContaining({ ruleId: 'reasonUnknown', level: 'error' }),
    )
    expect((await run('tsv', 'check', '--format', 'github', 'bad.tsv')).stdout).toMatch(
      /^::error file=bad\.tsv,line=1,col=5,title=reasonUnknown::/m,
    )
  })

  it('takes the registered values and tables of a configuration, and tells its mistakes', async () => {
    const organisation =
      'organisation: { organizationName: Other University, locality: Kyoto, stateOrProvince: Kyoto, domains: [example.ac.jp] }\n'
    write('upki.yaml', organisation)
    write(
      'rows.json',
      JSON.stringify({
        csr: read('www.csr'),
        subjectDn: 'CN=www.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      }),
    )
    expect((await run('tsv', 'check', '--config', 'upki.yaml', 'rows.json')).stdout).toContain(
      'dnOrganisation',
    )
    write('wrong.yaml', `${organisation}tables: { server-isue: {} }\n`)
    expect(await run('tsv', 'check', '--config', 'wrong.yaml', 'rows.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('server-isue') as string,
    })
  })
})

describe("the gateway's own configuration as --config", () => {
  const rules = `
    tables: { server-revoke: { columns: { revocationComment: { use: required } } } }
    phishingWords: [portal]
    unpublishedKinds: true`
  const organisationOf = (id: string, more: string) => `
  - id: ${id}
    organizationName: Example University
    locality: Chiyoda-ku
    stateOrProvince: Tokyo
    domains: [example.ac.jp]
    issuanceSystem: s
    approval: auto${more}`
  const systems = '\nissuanceSystems: [{ id: s, adapter: screens, credentialsFile: a, chainFiles: [b] }]\n'
  const portal = 'portal.example.ac.jp'
  const rows = [
    { kind: 'server-revoke', subjectDn: revocation('4').split('\t')[0], serial: '1', revocationReason: '4' },
    { kind: 'acme-create', subjectDn: `CN=${portal},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP` },
    { kind: 'subscriber-update', serial: '2' },
  ]
  const codesWith = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await run('tsv', 'check', '--json', ...args, 'rules.json')
    const { files } = JSON.parse(stdout) as { files: { findings: { code: string; row: number }[] }[] }
    return files.flatMap(({ findings }) => findings.map(({ row, code }) => `${row} ${code}`))
  }

  beforeAll(() => {
    write('one.yaml', `organisations:${organisationOf('a', rules)}${systems}`)
    write('two.yaml', `organisations:${organisationOf('a', rules)}${organisationOf('b', '')}${systems}`)
    write('rules.json', JSON.stringify(rows))
  })

  it('is taken with the tables, words and kinds inside the organisation', async () => {
    const codes = await codesWith('--config', 'one.yaml')
    expect(codes).toEqual(expect.arrayContaining(['1 required', '2 hostPhishingWord']))
    expect(codes).not.toContain('3 kindUnpublished')
  })

  it('is taken with its lists of blocked keys', async () => {
    const { spkiSha256 } = parseCsr(read('www.csr'))
    write('blocked.txt', `${spkiSha256} leaked\n`)
    write('blocking.yaml', `blockedKeyFiles: [blocked.txt]\n`)
    write('csr.json', JSON.stringify({ csr: read('www.csr') }))
    expect((await run('tsv', 'check', '--config', 'blocking.yaml', 'csr.json')).stdout).toContain(
      'keyBlocked',
    )
    write('blocked.txt', 'abc\n')
    expect(await run('tsv', 'check', '--config', 'blocking.yaml', 'csr.json')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/blocked\.txt[^]*line 1/) as string,
    })
  })

  it('asks which of several organisations is meant', async () => {
    expect(await run('tsv', 'check', '--config', 'two.yaml', 'rules.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('a, b') as string,
    })
    expect(await codesWith('--config', 'two.yaml', '--config-id', 'a')).toContain('2 hostPhishingWord')
    const other = await codesWith('--config', 'two.yaml', '--config-id', 'b')
    expect(other).not.toContain('2 hostPhishingWord')
    expect(other).toContain('3 kindUnpublished')
    expect((await run('tsv', 'check', '--config', 'two.yaml', '--config-id', 'c', 'rules.json')).status).toBe(
      2,
    )
  })
})

describe('where nothing can be written', () => {
  it.each([
    ['a directory that is not there', ['-o', 'none/file.tsv'], 1],
    ['a directory that is not there, as text', ['--to', 'csv', '-o', 'none/file.csv'], 1],
    ['a directory in place of a file', ['--to', 'csv', '-o', '.'], 2],
  ])('tsv convert says so: %s', async (_, args, status) => {
    const ended = await run('tsv', 'convert', 'good.tsv', ...args)
    expect(ended.status).toBe(status)
    expect(ended.stderr).not.toMatch(/^\s+at /m)
  })

  it('leaves no file and no directory when a later row cannot be written', async () => {
    write('late.tsv', revocation('4').repeat(250) + 'x\ty\r\n')
    expect((await run('tsv', 'convert', 'late.tsv', '--kind', 'server-revoke', '-o', 'late/')).status).toBe(1)
    expect(readdirSync(folder)).not.toContain('late')
  })
})

describe('tsv build, convert, show and fix', () => {
  it('builds from a CSR what check passes, and shows it', async () => {
    expect(await run('tsv', 'build', 'www.csr', ...subscriber, '-o', 'out/')).toMatchObject({ status: 0 })
    expect(await run('tsv', 'check', 'out/server-issue-001.tsv')).toMatchObject({ status: 0 })
    const shown = await run('tsv', 'show', 'out/server-issue-001.tsv', '--filter', 'NGINX www')
    expect(shown.stdout).toContain('sha256WithRSA, valid')
    expect(shown.stdout).toContain('1 of 1 row(s)')
  })

  it('says why a file cannot be shown, in the language of the user, with status 1', async () => {
    expect(await run('tsv', 'show', '--lang', 'ja', 'www.csr')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('upki-client tsv build') as string,
    })
  })

  it('writes nothing when a row has an error', async () => {
    const ended = await run('tsv', 'build', 'www.csr', '--software', 'nginx', '-o', 'none/')
    expect(ended).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('subscriber e-mail is required') as string,
    })
    expect(readdirSync(folder)).not.toContain('none')
  })

  it('converts there and back without a change', async () => {
    for (const format of ['csv', 'xml', 'json']) {
      await run('tsv', 'convert', 'good.tsv', '--to', format, '-o', `good.${format}`)
      await run('tsv', 'convert', `good.${format}`, '-o', 'back.tsv')
      expect(read('back.tsv')).toBe(read('good.tsv'))
    }
  })

  it('asks for a directory when there are several files', async () => {
    write('many.tsv', revocation('4').repeat(100))
    expect((await run('tsv', 'convert', 'many.tsv', '-o', 'one.tsv')).status).toBe(2)
    await run('tsv', 'convert', 'many.tsv', '-o', 'several/')
    expect(readdirSync(join(folder, 'several'))).toEqual(['server-revoke-001.tsv', 'server-revoke-002.tsv'])
  })

  it('fixes what needs no consent, and leaves its input', async () => {
    write(
      'wide.json',
      JSON.stringify({
        kind: 'server-revoke',
        subjectDn: 'C=JP, O=Example University, CN=a.example.ac.jp',
        serial: 'ff',
        revocationReason: '４',
      }),
    )
    const before = read('wide.json')
    expect((await run('tsv', 'fix', 'wide.json')).status).toBe(2)
    expect(await run('tsv', 'fix', '--yes', 'wide.json', '-o', 'fixed.json')).toMatchObject({ status: 0 })
    expect(JSON.parse(read('fixed.json'))).toMatchObject([
      { subjectDn: 'CN=a.example.ac.jp,O=Example University,C=JP', serial: '0xff', revocationReason: '4' },
    ])
    expect(read('wide.json')).toBe(before)
  })
})

describe('convert', () => {
  it('brings keys and CSRs to DER and back', async () => {
    for (const name of ['www.key', 'www.csr']) {
      await run('convert', name, '--to', 'der', '-o', `${name}.der`)
      await run('convert', `${name}.der`, '--to', 'pem', '-o', `${name}.pem`)
      expect(read(`${name}.pem`).replace(/\s/g, '')).toBe(read(name).replace(/\s/g, ''))
    }
  })
})
