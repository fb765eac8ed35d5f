import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator, type KnobChanges, type Simulator } from './index.js'
import { answerRows, Operator } from '../testing/operator.js'
import {
  acmeCreate,
  clientIssue,
  makeCsr,
  serverIssue,
  serverRenew,
  serverRevoke,
  smimeIssue,
} from '../testing/rows.js'
import { toPem } from '../ca/sign.js'

const calm: KnobChanges = {
  latencyMs: 0,
  uploadDelayMs: 0,
  loseAnswers: 0,
  lostAnswerStatus: 0,
  cutBefore: 0,
  maintenance: false,
  failStatus: { status: 500, times: 0 },
  sessionExpiresMs: 1_800_000,
}
const uploadDone = 'ファイルのアップロード処理が完了しました。'

let dataDir: string
let simulator: Simulator
let operator: Operator
let names = 0
const newName = () => `h${++names}.example.ac.jp`

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
  simulator = await startSimulator({ dataDir, knobs: calm })
})
beforeEach(() => {
  operator = new Operator(simulator)
  simulator.turnKnobs(calm)
})
afterEach(() => operator.close())
afterAll(async () => {
  await simulator.stop()
  rmSync(dataDir, { recursive: true })
})

const uploadServer = (...rows: string[][]) =>
  operator.upload({ screen: 'SP1001', applyType: '1', file: rows })
const lineOf = (lines: Record<string, string>[], name: string) =>
  lines.find((line) => line['利用管理者FQDN'] === name)

/** The report's line of a name once it has a certificate. */
async function issuedLine(name: string, expected = '4'): Promise<Record<string, string>> {
  const lines = await operator.reportWhen('Srv', (all) => lineOf(all, name)?.['状態'] === expected)
  return lineOf(lines, name)!
}
const certificateOf = (line: Record<string, string>) =>
  new X509Certificate(Buffer.from(line['証明書'] ?? '', 'base64'))

describe('access', () => {
  it('is refused with the 403 page to a client without a certificate', async () => {
    const stranger = new Operator({ url: simulator.url, caFile: simulator.caFile })
    for (const path of ['/upki-odcert/lra/SSLLogin.do', '/simulator/knobs', '/']) {
      const page = await stranger.get(path)
      expect([page.status, page.html]).toEqual([403, expect.stringContaining('登録担当者用証明書')])
    }
    stranger.close()
  })

  it('is refused to a certificate of another CA', async () => {
    const key = join(dataDir, 'stranger.key')
    const cert = join(dataDir, 'stranger.pem')
    const args = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=Operator of example',
      '-keyout',
      key,
    ]
    execFileSync('openssl', [...args, '-out', cert], { stdio: 'ignore' })
    const stranger = new Operator({ ...simulator, certFile: cert, keyFile: key })
    expect((await stranger.get('/upki-odcert/lra/SSLLogin.do')).status).toBe(403)
    stranger.close()
  })

  it('to the authorities’ files needs no certificate', async () => {
    const stranger = new Operator({ url: simulator.url, caFile: simulator.caFile })
    for (const name of ['root.pem', 'chain-rsa.pem', 'chain-ecc.pem'])
      expect((await stranger.get(`/ca/${name}`)).octets).toEqual(readFileSync(join(dataDir, name)))
    const list = join(dataDir, 'rsa.crl')
    writeFileSync(list, (await stranger.get('/ca/rsa.crl')).octets)
    const args = ['crl', '-inform', 'DER', '-in', list, '-noout', '-CAfile', join(dataDir, 'chain-rsa.pem')]
    // openssl says so on its error stream, and its exit status tells.
    expect(() => execFileSync('openssl', args, { stdio: 'pipe' })).not.toThrow()
    expect((await stranger.get('/ca/rsa.key')).status).toBe(404)
    stranger.close()
  })

  it('keeps keys, journal and connection file to their owner', () => {
    const files = ['ca/root.key', 'ca/rsa.key', 'ca/ecc.key', 'access/ca.key', 'access/operator-example.key']
    for (const file of [...files, 'journal.jsonl', 'simulator.json'])
      expect([file, statSync(join(dataDir, file)).mode & 0o777]).toEqual([file, 0o600])
  })

  it('writes what an operator needs into simulator.json', () => {
    const { url, certFile, keyFile, caFile } = simulator
    const written = JSON.parse(readFileSync(join(dataDir, 'simulator.json'), 'utf8')) as unknown
    expect(written).toEqual({ url, certFile, keyFile, caFile })
  })
})

describe('screens', () => {
  it('are EUC-JP: a frame set, a menu with the codes, an upload form', async () => {
    const frames = await operator.get('/upki-odcert/lra/SSLLogin.do')
    expect(frames.headers['content-type']).toBe('text/html; charset=EUC-JP')
    expect(frames.html).toContain('電子証明書自動発行支援システム')
    const menu = await operator.openMenu()
    for (const code of ['SP1001', 'SP1011', 'SP1021', 'SP1031']) expect(menu.html).toContain(code)
    const form = await operator.openScreen('SP1011')
    expect(form.html).toContain('action="/upki-odcert/lra/SP1011.do" enctype="multipart/form-data"')
    expect(
      [...form.html.matchAll(/<option value="(.)">(.+?)</g)].map(([, value, text]) => [value, text]),
    ).toEqual([
      ['1', '発行'],
      ['2', '更新'],
      ['3', '失効'],
    ])
    expect(form.html.indexOf('全件処理を中断する')).toBeLessThan(
      form.html.indexOf('入力値不備のないデータのみ登録する'),
    )
  })

  it('want the session cookie', async () => {
    await operator.openMenu()
    operator.cookie = 'JSESSIONID=00000000000000000000000000000000'
    expect((await operator.get('/upki-odcert/lra/Menu.do')).html).toContain('セッションが無効です')
    expect((await operator.get('/upki-odcert/lra/syomeiDL_S_Srv.do')).html).toContain('セッションが無効です')
  })

  it('end a session that was idle for too long', async () => {
    await operator.openMenu()
    simulator.turnKnobs({ sessionExpiresMs: 0 })
    expect((await operator.get('/upki-odcert/lra/Menu.do')).html).toContain('セッションが無効です')
  })

  it('take an upload form once', async () => {
    const form = await operator.openScreen('SP1001')
    const upload = { screen: 'SP1001', applyType: '1', file: [await serverIssue(newName())] }
    expect((await operator.submit(upload, form)).html).toContain(uploadDone)
    const again = { ...upload, file: [await serverIssue(newName())] }
    expect((await operator.submit(again, form)).html).toContain('画面遷移が不正です')
  })

  it('refuse a menu code they do not have, a path they do not have, and a body that is no form', async () => {
    expect((await operator.openScreen('SP9999')).status).toBe(404)
    expect((await operator.get('/upki-odcert/lra/SP9999.do')).status).toBe(404)
    await operator.openMenu()
    const page = await operator.send('POST', '/upki-odcert/lra/SP1001.do', Buffer.from('x'), 'text/plain')
    expect(page.status).toBe(400)
  })

  it('refuse a file above two MiB, and go on', async () => {
    const upload = { screen: 'SP1001', applyType: '1', file: Buffer.alloc(2 * 1024 * 1024 + 1, 'x') }
    expect((await operator.upload(upload)).status).toBe(413)
    expect((await operator.openMenu()).status).toBe(200)
  })
})

describe('an upload', () => {
  it('that is faultless is answered with a line for each row', async () => {
    const page = await uploadServer(await serverIssue(newName()), await serverIssue(newName()))
    expect(page.html).toContain('<h2>サーバ証明書 発行・更新申請完了画面</h2>')
    expect(page.html).toContain(uploadDone)
    const line = ['OK', '', 'Example University', '情報基盤センター', '国立 太郎', 'taro@example.ac.jp']
    expect(answerRows(page)).toEqual([
      ['1', ...line],
      ['2', ...line],
    ])
  })

  it('with a faulty row registers nothing when all is to be aborted', async () => {
    const [good, bad] = [newName(), newName()]
    const page = await uploadServer(await serverIssue(good), await serverIssue(bad, { 10: '', 12: '' }))
    expect(page.html).toContain('<h2>サーバ証明書 発行・更新・失効申請エラー画面</h2>')
    expect(page.html).not.toContain(uploadDone)
    expect(answerRows(page)).toEqual([
      [
        '2',
        'NG',
        '201:10,利用管理者E-mail,利用管理者E-mailは入力必須項目です。<br>201:12,利用管理者ソフトウェア名等,利用管理者ソフトウェア名等は入力必須項目です。',
      ],
    ])
    expect(lineOf(await operator.report('Srv'), good)).toBeUndefined()
  })

  it('with a faulty row registers the others when asked to', async () => {
    const [good, bad] = [newName(), newName()]
    const rows = [await serverIssue(bad, { 10: '' }), await serverIssue(good)]
    const page = await operator.upload({ screen: 'SP1001', applyType: '1', file: rows, errorFlg: '1' })
    expect(answerRows(page).map((cells) => cells.slice(0, 2))).toEqual([
      ['1', 'NG'],
      ['2', 'OK'],
    ])
    const lines = await operator.report('Srv')
    expect([lineOf(lines, good)?.['主体者DN'], lineOf(lines, bad)]).toEqual([
      `CN=${good},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`,
      undefined,
    ])
  })

  it.each([
    [{ file: null }, '208'],
    [{ fileName: 'sample.csv' }, '209'],
    [{ file: Buffer.from('\r\n') }, '213'],
    [{ file: Buffer.from('x\r\n'.repeat(100)) }, '214'],
    [{ applyType: '9' }, '927'],
  ])('refused as a file (%j) has one line without SEQ', async (changes, code) => {
    const upload = { screen: 'SP1001', applyType: '1', file: [await serverIssue(newName())] }
    const [cells] = answerRows(await operator.upload({ ...upload, ...changes }))
    expect(cells).toEqual(['-', 'NG', expect.stringMatching(`^${code}:0,申請ファイル,`)])
  })

  it('under another menu is judged by that menu’s rules', async () => {
    const page = await operator.upload({
      screen: 'SP1011',
      applyType: '1',
      file: [await serverIssue(newName())],
    })
    expect(page.html).toContain('クライアント証明書 発行・更新・失効申請エラー画面')
    expect(answerRows(page)[0]?.[2]).toContain('15項目で入力してください')
  })

  it('at the same time as the same one is refused by the other’s rows', async () => {
    const row = await serverIssue(newName())
    const other = new Operator(simulator)
    const upload = { screen: 'SP1001', applyType: '1', file: [row] }
    const pages = await Promise.all([operator.upload(upload), other.upload(upload)])
    other.close()
    expect(pages.map((page) => page.html.includes(uploadDone)).toSorted()).toEqual([false, true])
  })
})

describe('a server certificate', () => {
  const verify = (line: Record<string, string>, chain: string, host: string) => {
    const leaf = join(dataDir, `${host}.pem`)
    writeFileSync(leaf, toPem('CERTIFICATE', Buffer.from(line['証明書'] ?? '', 'base64')))
    const files = ['-CAfile', join(dataDir, 'root.pem'), '-untrusted', join(dataDir, chain)]
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', host, ...files, leaf]
    return execFileSync('openssl', args).toString().trim()
  }

  it.each([
    // The bits in DER: X.690 §11.2.2 wants trailing zeros cut off.
    ['3', 'rsa2048', 'chain-rsa.pem', '030205a0'],
    ['11', 'p384', 'chain-ecc.pem', '03020780'],
  ] as const)(
    'of profile %s verifies and has what UPKI puts into one',
    async (profileId, key, chain, usage) => {
      const name = newName()
      const csr = await makeCsr(name.toUpperCase().replace('.EXAMPLE.AC.JP', '.example.ac.jp'), { key })
      const capitals = name.replace('h', 'H')
      const list = `dNSName=Web-${names}.example.ac.jp`
      const page = await uploadServer(
        await serverIssue(capitals, { 2: profileId, 7: csr, 11: capitals, 13: list }),
      )
      expect(page.html).toContain(uploadDone)
      const line = await issuedLine(capitals)
      expect(verify(line, chain, name)).toMatch(/: OK$/)

      const certificate = certificateOf(line)
      expect(certificate.subject.split('\n')).toEqual([
        'C=JP',
        'ST=Tokyo',
        'L=Chiyoda-ku',
        'O=Example University',
        `CN=${name}`,
      ])
      expect(certificate.subjectAltName).toBe(`DNS:web-${names}.example.ac.jp, DNS:${name}`)
      expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
      expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(line['発行・更新申請-シリアル番号'])
      const seconds = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 1000 + 1
      expect(seconds / 86_400).toBe(198)
      const text = execFileSync('openssl', [
        'x509',
        '-noout',
        '-text',
        '-in',
        join(dataDir, `${name}.pem`),
      ]).toString()
      expect(certificate.raw.toString('hex')).toContain(`0603551d0f0101ff0404${usage}`)
      expect(text).toContain(`CA Issuers - URI:${simulator.url}/ca/`)
      expect(text).toContain(`URI:${simulator.url}/ca/${profileId === '3' ? 'rsa' : 'ecc'}.crl`)
    },
  )

  it('stays in work for latencyMs', async () => {
    simulator.turnKnobs({ latencyMs: 86_400_000 })
    const name = newName()
    await uploadServer(await serverIssue(name))
    expect(lineOf(await operator.report('Srv'), name)).toMatchObject({ 状態: '1', 証明書: '' })
    simulator.turnKnobs({ latencyMs: 0 })
    await issuedLine(name)
  })

  it('is replaced by its renewal and then revoked', async () => {
    const name = newName()
    await uploadServer(await serverIssue(name))
    const serial = (await issuedLine(name))['発行・更新申請-シリアル番号'] ?? ''
    const renewal = { screen: 'SP1001', applyType: '2', file: [await serverRenew(name, serial)] }
    expect((await operator.upload(renewal)).html).toContain(uploadDone)
    await operator.reportWhen('Srv', (lines) =>
      lines.some((line) => line['旧証明書シリアル番号'] === serial && line['状態'] === '4'),
    )
    expect(await issuedLine(name, '6')).toMatchObject({ '発行・更新申請-シリアル番号': serial })

    const page = await operator.upload({
      screen: 'SP1001',
      applyType: '3',
      file: [serverRevoke(name, serial)],
    })
    expect(page.html).toContain('サーバ証明書 失効申請完了画面')
    expect(await issuedLine(name, '7')).toMatchObject({ 失効理由: '4', 失効理由コメント: '更新のため' })
  })

  it('is issued in the order of the rows', async () => {
    const rows = await Promise.all(Array.from({ length: 40 }, () => serverIssue(newName())))
    await uploadServer(...rows)
    const wanted = rows.map((row) => row[10])
    const lines = await operator.reportWhen('Srv', (all) => all.every((line) => line['状態'] !== '1'))
    expect(lines.map((line) => line['利用管理者FQDN']).filter((name) => wanted.includes(name))).toEqual(
      wanted,
    )
    const journal = readFileSync(join(dataDir, 'journal.jsonl'), 'utf8').trimEnd().split('\n')
    const issued = journal
      .map((line) => JSON.parse(line) as { type: string; applicationId: string })
      .filter(({ type }) => type === 'issued')
      .map(({ applicationId }) => applicationId)
    const ids = lines
      .filter((line) => wanted.includes(line['利用管理者FQDN']))
      .map((line) => line['発行・更新申請-申請ID'])
    expect(issued.filter((id) => ids.includes(id))).toEqual(ids)
  })

  it('with a phishing word is held until released', async () => {
    const name = `microsoft-${newName()}`
    expect((await uploadServer(await serverIssue(name))).html).toContain(uploadDone)
    const other = newName()
    await uploadServer(await serverIssue(other))
    await issuedLine(other)
    expect(lineOf(await operator.report('Srv'), name)?.['状態']).toBe('1')
    const { applications } = await operator.applications()
    expect(applications.filter(({ isHeld }) => isHeld).map(({ commonName }) => commonName)).toEqual([name])
    await operator.send('POST', '/simulator/release')
    await issuedLine(name)
  })
})

describe('the report', () => {
  it('has 46 columns under a heading line, in cp932', async () => {
    await operator.openMenu()
    const name = newName()
    await uploadServer(await serverIssue(name))
    const [line] = (await operator.report('Srv')).slice(-1)
    expect(Object.keys(line ?? {})).toHaveLength(46)
    expect(Object.keys(line ?? {}).slice(22, 24)).toEqual(['証明書', '発行・更新申請-シリアル番号'])
    expect(line).toMatchObject({
      利用管理者氏名: '国立 太郎',
      証明書プロファイルID: '3',
      CSR: await makeCsr(name),
    })
  })
})

describe('a certificate for a person', () => {
  const p12Text = async (screen: string, row: string[]) => {
    expect((await operator.upload({ screen, applyType: '1', file: [row] })).html).toContain(uploadDone)
    const lines = await operator.reportWhen('Cli', (all) =>
      all.some((line) => line['主体者DN'] === row[0] && line['状態'] === '4'),
    )
    const line = lines.find((each) => each['主体者DN'] === row[0])!
    const file = join(dataDir, 'p12', `${line['発行・更新申請-申請ID'] ?? ''}.p12`)
    const env = { ...process.env, PIN: line['アクセスPIN'] }
    execFileSync('openssl', ['pkcs12', '-in', file, '-passin', 'env:PIN', '-nodes', '-out', `${file}.pem`], {
      env,
    })
    return execFileSync('openssl', ['x509', '-noout', '-text', '-in', `${file}.pem`]).toString()
  }

  it('for clients comes as a P12 file whose PIN is in the report', async () => {
    const text = await p12Text('SP1011', clientIssue())
    expect(text).toContain('OU = Faculty of Science, CN = u0012345.1')
    expect(text).toContain('TLS Web Client Authentication')
  })

  it('for S/MIME has the address alone in its subject', async () => {
    const text = await p12Text('SP1021', smimeIssue())
    expect(text).toContain('Subject: CN = hanako@example.ac.jp\n')
    expect(text).toContain('email:hanako@example.ac.jp')
    expect(text).toContain('E-mail Protection')
  })

  it('takes the PIN that came with a batch row', async () => {
    const row = clientIssue({
      1: 'CN=u2,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      3: '2',
      12: 'u2',
      15: 'Kp7xR2mW9qLs',
    })
    await p12Text('SP1011', row)
    const lines = await operator.report('Cli')
    expect(lines.find((line) => line['主体者DN'] === row[0])?.['アクセスPIN']).toBe('Kp7xR2mW9qLs')
  })
})

describe('an ACME account', () => {
  it('is made, renewed by its id, and suspended', async () => {
    const name = newName()
    const upload = (applyType: string, row: string[]) =>
      operator.upload({ screen: 'SP1031', applyType, file: [row] })
    expect((await upload('1', acmeCreate(name))).html).toContain('ACME利用情報 作成申請完了画面')
    let account: string | undefined
    while (account === undefined) {
      const { applications } = await operator.applications()
      const id = applications.find(({ commonName }) => commonName === name)?.acmeAccountId
      if (typeof id === 'string') account = id
    }
    expect((await upload('2', acmeCreate(name, { 3: account }))).html).toContain('更新申請完了画面')
    const suspend = ['', '', account, '', '5', 'サーバ撤去', '', '', '', 'taro@example.ac.jp', '', '', '']
    expect((await upload('3', suspend)).html).toContain('停止申請完了画面')
  })
})

describe('knobs', () => {
  const registered = async (name: string) =>
    (await operator.applications()).applications.filter(({ commonName }) => commonName === name).length

  it('are read and turned with the operator’s certificate; what is unknown turns nothing', async () => {
    const turned = await operator.turnKnobs({ latencyMs: 5 })
    expect(JSON.parse(turned.octets.toString())).toMatchObject({ latencyMs: 5 })
    for (const body of ['{"latency":1}', '{"latencyMs":-1}', '{"latencyMs":"1"}', '{', '[]']) {
      const page = await operator.send('POST', '/simulator/knobs', Buffer.from(body), 'application/json')
      expect([body, page.status]).toEqual([body, 400])
    }
    const read = await operator.get('/simulator/knobs')
    expect(JSON.parse(read.octets.toString())).toMatchObject({ latencyMs: 5 })
  })

  it('loseAnswers registers and cuts the connection', async () => {
    await operator.turnKnobs({ loseAnswers: 1 })
    const name = newName()
    await expect(uploadServer(await serverIssue(name))).rejects.toThrow()
    expect(await registered(name)).toBe(1)
  })

  it('lostAnswerStatus registers and answers an error', async () => {
    await operator.turnKnobs({ loseAnswers: 1, lostAnswerStatus: 504 })
    const name = newName()
    expect((await uploadServer(await serverIssue(name))).status).toBe(504)
    expect(await registered(name)).toBe(1)
  })

  it('cutBefore cuts the connection and registers nothing', async () => {
    await operator.turnKnobs({ cutBefore: 1 })
    const name = newName()
    await expect(uploadServer(await serverIssue(name))).rejects.toThrow()
    expect(await registered(name)).toBe(0)
  })

  it('loseAnswers of two loses every second answer', async () => {
    const { uploads } = await operator.applications()
    if ((uploads['received'] ?? 0) % 2 === 1) await uploadServer(await serverIssue(newName()))
    await operator.turnKnobs({ loseAnswers: 2 })
    expect((await uploadServer(await serverIssue(newName()))).html).toContain(uploadDone)
    await expect(uploadServer(await serverIssue(newName()))).rejects.toThrow()
  })

  it('uploadDelayMs registers even when the operator has gone', async () => {
    const name = newName()
    const form = await operator.openScreen('SP1001')
    await operator.turnKnobs({ uploadDelayMs: 300 })
    const watcher = new Operator(simulator)
    const { uploads } = await watcher.applications()
    const impatient = operator.submit(
      { screen: 'SP1001', applyType: '1', file: [await serverIssue(name)] },
      form,
    )
    const gone = expect(impatient).rejects.toThrow()
    while ((await watcher.applications()).uploads['received'] === uploads['received'])
      await new Promise((resolve) => setTimeout(resolve, 10))
    operator.close()
    await gone
    expect(
      (await watcher.reportWhen('Srv', (lines) => lineOf(lines, name) !== undefined)).length,
    ).toBeGreaterThan(0)
    watcher.close()
  })

  it('maintenance answers every screen with 503', async () => {
    await operator.turnKnobs({ maintenance: true })
    expect((await operator.get('/upki-odcert/lra/SSLLogin.do')).status).toBe(503)
    await operator.turnKnobs({ maintenance: false })
    expect((await operator.get('/upki-odcert/lra/SSLLogin.do')).status).toBe(200)
  })

  it('failStatus fails so many requests of a path, which do nothing', async () => {
    await operator.turnKnobs({ failStatus: { status: 502, times: 1, path: '/upki-odcert/lra/SP1001.do' } })
    const name = newName()
    expect((await uploadServer(await serverIssue(name))).status).toBe(502)
    expect(await registered(name)).toBe(0)
    expect((await uploadServer(await serverIssue(name))).html).toContain(uploadDone)
  })
})
