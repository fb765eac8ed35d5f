/** `tsv build --report`: the bundled program makes revocations and renewals of what a report lists. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dnFor, makeCertificate, makeCsr } from '@upki-gateway/shared/testing'

const repository = fileURLToPath(new URL('../../', import.meta.url))
let folder: string

interface Ended {
  status: number
  stderr: string
}

const build = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH, LANG: 'C' } }
    execFile(
      process.execPath,
      ['upki-client.mjs', 'tsv', 'build', ...args],
      options,
      (error, _stdout, stderr) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, stderr }),
    )
  })

const written = (name: string): string[] =>
  iconv
    .decode(readFileSync(join(folder, name)), 'cp932')
    .replace(/\r\n$/, '')
    .split('\r\n')

const personDn = (cn: string): string => `CN=${cn},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`
const mailDn = 'CN=hanako@example.ac.jp'

const heading = Array.from({ length: 46 }, (_, index) => `項目${index + 1}`)

/** A line of either report. */
function cellsOf(cells: Record<number, string>, pem: string): string {
  const all: Record<number, string> = {
    ...{ 13: '国立 太郎', 15: 'taro@example.ac.jp', 23: pem.replace(/-----[^-]+-----|\s/g, '') },
    ...cells,
  }
  return heading.map((_, index) => all[index + 1] ?? '').join('\t')
}

/** Of a server; every CN has its own serial. */
const lineOf = (cn: string, serial: string, pem: string, status = '5'): string =>
  cellsOf({ 4: dnFor(cn), 11: '3', 12: status, 16: cn, 17: 'nginx 1.28', 24: serial }, pem)

/** Of a person. */
const personLine = (dn: string, profileId: string, serial: string, pem: string): string =>
  cellsOf({ 4: dn, 11: profileId, 12: '5', 24: serial, 45: '1' }, pem)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upki report '))
  execFileSync(process.execPath, [
    join(repository, 'scripts', 'bundle-client.mjs'),
    join(folder, 'upki-client.mjs'),
  ])
  // Both sides of midnight in Japan, as 2025-10-01 begins there.
  const [before, after, other] = await Promise.all([
    makeCertificate({ issuer: 'NII Open Domain CA - G7 RSA', notBefore: '2025-09-30T14:59:59Z' }),
    makeCertificate({ issuer: 'NII Open Domain CA - G7 RSA', notBefore: '2025-09-30T15:00:00Z' }),
    makeCertificate({ issuer: 'NII Open Domain CA - G8 RSA', notBefore: '2025-12-01T00:00:00Z' }),
  ])
  const lines = [
    heading.join('\t'),
    lineOf('before.example.ac.jp', '101', before),
    lineOf('after.example.ac.jp', '102', after),
    lineOf('other.example.ac.jp', '103', other, '4'),
    lineOf('gone.example.ac.jp', '104', after, '7'),
    lineOf('untold.example.ac.jp', '105', ''),
  ]
  const report = iconv.encode(`${lines.join('\r\n')}\r\n`, 'cp932')
  writeFileSync(join(folder, 'serverAll.tsv'), report)
  const persons = [
    heading.join('\t'),
    personLine(personDn('u1'), '13', '201', after),
    personLine(personDn('u2'), '5', '202', after),
    personLine(mailDn, '15', '203', after),
  ]
  writeFileSync(join(folder, 'clientAll.tsv'), iconv.encode(`${persons.join('\r\n')}\r\n`, 'cp932'))
  writeFileSync(join(folder, 'cut.tsv'), report.subarray(0, report.length - 20))
  const csr = await makeCsr({
    subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=after.example.ac.jp',
  })
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${csr.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`
  writeFileSync(join(folder, 'after.csr'), pem)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const report = ['--report', 'serverAll.tsv']
const serialsIn = (lines: readonly string[]) => lines.map((line) => line.split('\t')[3])

describe('tsv build --report --revoke', () => {
  it.each([
    ['everything in force', [], ['101', '102', '103']],
    ['what an authority issued', ['--issuer', 'G7'], ['101', '102']],
    ['what was issued since a day', ['--since', '2025-10-01'], ['102', '103']],
    ['what was issued before a day', ['--until', '2025-10-01'], ['101']],
    ['both', ['--issuer', 'G7', '--since', '2025-10-01'], ['102']],
  ])('takes %s, and tells of rows without a certificate', async (name, args, serials) => {
    const ended = await build(...report, '--revoke', '4', ...args, '-o', `${name}/`)
    expect(ended).toMatchObject({ status: 0, stderr: expect.stringContaining('1 row(s)') as string })
    expect(serialsIn(written(`${name}/server-revoke-001.tsv`))).toEqual(serials)
  })

  it('writes the row as the service takes it', async () => {
    await build(...report, '--revoke', '4', '--comment', '更新のため', '--issuer', 'G8', '-o', 'whole/')
    const row = [
      dnFor('other.example.ac.jp'),
      '',
      '',
      '103',
      '4',
      '更新のため',
      '',
      '',
      '',
      'taro@example.ac.jp',
    ]
    expect(written('whole/server-revoke-001.tsv')).toEqual([[...row, '', '', ''].join('\t')])
  })

  it.each([
    ['a reason that there is not', [...report, '--revoke', '2'], 2],
    ['a choice that means nothing', [...report, '--revoke', '4', '--issuer', 'G9'], 1],
    ['a report cut short', ['--report', 'cut.tsv', '--revoke', '4'], 1],
    ['no word of what to do', report, 2],
    ['a day that is none', [...report, '--revoke', '4', '--since', 'October'], 2],
    ['a report that is not there', ['--report', 'none.tsv', '--revoke', '4'], 2],
  ])('writes nothing for %s', async (_, args, status) => {
    expect((await build(...args, '-o', 'nothing/')).status).toBe(status)
    expect(existsSync(join(folder, 'nothing'))).toBe(false)
  })
})

describe('tsv build --serial', () => {
  it.each([
    ['in either form', [...report, '--serial', '102, 0x65'], ['101', '102']],
    ['of a row without a certificate', [...report, '--serial', '105'], ['105']],
    ['without a report', ['--serial', '0xff', '--dn', dnFor('www.example.ac.jp')], ['255']],
  ])('revokes the certificates named, %s', async (name, args, serials) => {
    expect(await build(...args, '--revoke', '4', '-o', `named ${name}/`)).toMatchObject({ status: 0 })
    expect(serialsIn(written(`named ${name}/server-revoke-001.tsv`))).toEqual(serials)
  })

  it.each([
    ['one that is not there', [...report, '--serial', '101,999'], 1],
    ['one that is revoked already', [...report, '--serial', '104'], 1],
    ['what is no serial', [...report, '--serial', '1.23E+38'], 2],
    ['one without a DN', ['--serial', '255'], 2],
    ['several without a report', ['--serial', '255,256', '--dn', dnFor('www.example.ac.jp')], 2],
  ])('writes nothing for %s', async (_, args, status) => {
    expect((await build(...args, '--revoke', '4', '-o', 'nothing/')).status).toBe(status)
    expect(existsSync(join(folder, 'nothing'))).toBe(false)
  })

  it('makes the kind that is said, without a report', async () => {
    const dn = 'CN=u1,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP'
    await build('--kind', 'client-revoke', '--serial', '255', '--dn', dn, '--revoke', '3', '-o', 'person/')
    expect(serialsIn(written('person/client-revoke-001.tsv'))).toEqual(['255'])
  })
})

describe('tsv build with the report of certificates of persons', () => {
  const clients = ['--report', 'clientAll.tsv']

  it('revokes them in bulk, client and S/MIME certificates in files of their own', async () => {
    expect(await build(...clients, '--revoke', '3', '--comment', '卒業', '-o', 'left/')).toMatchObject({
      status: 0,
    })
    expect(readdirSync(join(folder, 'left')).sort()).toEqual([
      'client-revoke-001.tsv',
      'smime-revoke-001.tsv',
    ])
    expect(serialsIn(written('left/client-revoke-001.tsv'))).toEqual(['201', '202'])
    const [line = ''] = written('left/smime-revoke-001.tsv')
    expect(line.split('\t')).toHaveLength(15)
    expect(line.split('\t').slice(0, 6)).toEqual([mailDn, '', '', '203', '3', '卒業'])
  })

  it('renews those for whom a row is given, with what the report says of them, and tells of others', async () => {
    const head = 'subjectDn,userName,userEmail,p12FileName\r\n'
    const rowOf = (dn: string, file: string) => `"${dn}",試験 花子,hanako@example.ac.jp,${file}\r\n`
    writeFileSync(
      join(folder, 'users.csv'),
      head + rowOf(personDn('u1'), 'u1-2') + rowOf(personDn('u9'), 'u9-2'),
    )
    const ended = await build(...clients, '--renew', '--kind', 'client-renew', 'users.csv', '-o', 'again/')
    expect(ended).toMatchObject({ status: 0, stderr: expect.stringContaining('CN=u9') as string })
    const [line = '', ...others] = written('again/client-renew-001.tsv')
    expect(others).toEqual([])
    expect(line.split('\t')).toEqual([
      ...[personDn('u1'), '13', '1', '201', '', '', '', '国立 太郎', '', 'taro@example.ac.jp'],
      ...['試験 花子', 'u1-2', '', 'hanako@example.ac.jp', ''],
    ])
  })
})

describe('tsv build with a report and CSRs', () => {
  it('renews those whose CSR is given, with what the report says of them', async () => {
    expect(await build(...report, '--renew', 'after.csr', '-o', 'renew/')).toMatchObject({ status: 0 })
    const [line = '', ...others] = written('renew/server-renew-001.tsv')
    expect(others).toEqual([])
    expect(line.split('\t').slice(0, 4)).toEqual([dnFor('after.example.ac.jp'), '3', '', '102'])
    expect(line).toContain('国立 太郎')
  })

  it('makes a renewal of a CSR whose CN the report knows', async () => {
    const person = ['--subscriber-email', 'taro@example.ac.jp', '--software', 'nginx']
    expect(await build(...report, 'after.csr', ...person, '-o', 'known/')).toMatchObject({ status: 0 })
    expect(serialsIn(written('known/server-renew-001.tsv'))).toEqual(['102'])
  })
})
