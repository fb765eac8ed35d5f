import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from './config.js'
import { siteWith, upkiSite } from './issuance/adapters/screens/site-profile.js'

const directory = mkdtempSync(join(tmpdir(), 'upki-config-'))
afterAll(() => rmSync(directory, { recursive: true }))

function withFile(contents: string) {
  const file = join(directory, 'config.yaml')
  writeFileSync(file, contents)
  return loadConfig({ UPKI_CONFIG: file, UPKI_DATA_DIR: directory })
}

const organisation =
  '{id: a, organizationName: A, locality: L, stateOrProvince: S, domains: [a.ac.jp], issuanceSystem: s}'
const system = '{id: s, adapter: screens, credentialsFile: op.json, chainFiles: [ca.pem]}'

describe('loadConfig', () => {
  it('runs the sample organisation at the simulator without a file', () => {
    expect(loadConfig({ UPKI_DATA_DIR: directory })).toMatchObject({
      listen: { host: '127.0.0.1', port: 8443 },
      organisations: [
        {
          organizationName: 'Example University',
          locality: 'Chiyoda-ku',
          stateOrProvince: 'Tokyo',
          domains: ['example.ac.jp'],
        },
      ],
      issuanceSystems: [{ id: 'simulator', credentialsFile: join(directory, 'simulator.json') }],
    })
  })

  it('gives the keys of its lists to every organisation, and does not start without one of them', () => {
    const config = (list: string) =>
      `{organisations: [${organisation}], issuanceSystems: [${system}], blockedKeyFiles: [${list}]}`
    writeFileSync(join(directory, 'blocked.txt'), `# leaked\n${'A'.repeat(64)} once ours\n`)
    writeFileSync(join(directory, 'broken.txt'), `${'a'.repeat(64)}\nSHA1 ${'a'.repeat(40)}\n`)
    expect([...(withFile(config('blocked.txt')).organisations[0]?.blockedKeys ?? [])]).toEqual([
      'a'.repeat(64),
    ])
    expect(() => withFile(config('blocked.txt, none.txt'))).toThrow('none.txt')
    expect(() => withFile(config('blocked.txt, broken.txt'))).toThrow('line 2')
  })

  it.each([
    { env: {}, traced: false },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, traced: false },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, traced: true },
    { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, traced: true },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' },
      traced: false,
    },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' },
      traced: false,
    },
  ])('with $env sends traces: $traced', ({ env, traced }) => {
    expect(loadConfig({ UPKI_DATA_DIR: directory, ...env }).hasCollector).toBe(traced)
  })

  it.each([
    'postgresql://upki:pw@db.example.ac.jp/upki',
    'postgres://upki:p%23w%2Fx@[::1]:5432/upki?sslmode=require',
    'postgresql://upki:pw@/upki?host=%2Frun%2Fpostgresql',
    'postgresql://upki:pw@db1:5432,db2:5432/upki?target_session_attrs=read-write',
  ])('takes %s as the database', (url) => {
    expect(loadConfig({ UPKI_DATA_DIR: directory, UPKI_DATABASE_URL: url }).databaseUrl).toBe(url)
  })

  it.each([
    { url: 'upki', why: 'no URL' },
    { url: 'mysql://upki:secret@127.0.0.1/upki', why: 'another product' },
    { url: 'postgresql://upki:secret#/x@127.0.0.1/upki', why: 'a password that is not written as in URLs' },
    { url: 'postgresql://upki:secret@127.0.0.1:99999/upki', why: 'a port that there is not' },
    { url: 'postgresql://upki:secret@db1,db2:99999/upki', why: 'such a port of the second host' },
  ])('says what form the URL of the database has, for $why', ({ url }) => {
    const load = () => loadConfig({ UPKI_DATA_DIR: directory, UPKI_DATABASE_URL: url })
    expect(load).toThrow(/UPKI_DATABASE_URL: must be postgresql:\/\/USER/)
    expect(load).not.toThrow(/secret/)
  })

  it.each([
    { queue: '', seconds: 60 },
    { queue: ', queue: {sweepSeconds: 1}', seconds: 1 },
    { queue: ', queue: {sweepSeconds: 60}', seconds: 60 },
  ])('looks every $seconds seconds for what the queue has lost, with "$queue"', ({ queue, seconds }) => {
    const file = `{organisations: [${organisation}], issuanceSystems: [${system}]${queue}}`
    expect(withFile(file).queue).toEqual({ sweepSeconds: seconds })
  })

  it('takes file names relative to the data directory', () => {
    expect(
      withFile(`{organisations: [${organisation}], issuanceSystems: [${system}]}`).issuanceSystems[0],
    ).toMatchObject({ credentialsFile: join(directory, 'op.json') })
  })

  it('lays what an organisation says over the tables of kinds', () => {
    const tables = 'tables: {server-issue: {columns: {software: {max: 64}}}}'
    const [read] = withFile(
      `{organisations: [${organisation.replace('id: a', `id: a, ${tables}`)}], issuanceSystems: [${system}]}`,
    ).organisations
    expect(read?.tables?.['server-issue'].columns.find(({ field }) => field === 'software')?.max).toBe(64)
  })

  it('lays what is known of the pages over the site profile, part by part', () => {
    const site = 'site: {menuFrame: left, uploads: {server-issue: {menuCode: SP9001, applyType: "1"}}}'
    const read = withFile(
      `{organisations: [${organisation}], issuanceSystems: [${system.replace('id: s', `id: s, ${site}`)}]}`,
    ).issuanceSystems[0]!
    expect(siteWith(read.site)).toEqual({
      ...upkiSite,
      menuFrame: 'left',
      uploads: { ...upkiSite.uploads, 'server-issue': { menuCode: 'SP9001', applyType: '1' } },
    })
  })

  it.each([
    { site: '{encoding: EUC-XX}', says: 'is no encoding that is known' },
    { site: '{loginPath: "//elsewhere.example/"}', says: 'must begin with one /' },
    { site: '{uploads: {server-isue: {menuCode: SP1, applyType: "1"}}}', says: 'server-isue' },
    { site: '{uploads: {server-issue: {menuCode: SP1}}}', says: 'applyType' },
    { site: '{menuform: F}', says: 'menuform' },
  ])('refuses the site profile $site', ({ site, says }) => {
    const changed = system.replace('id: s', `id: s, site: ${site}`)
    expect(() => withFile(`{organisations: [${organisation}], issuanceSystems: [${changed}]}`)).toThrow(says)
  })

  it('takes the domain that CAA records must name in small letters, as it is compared', () => {
    const acme = 'acme: {caaIdentities: [SecomTrust.NET]}'
    const file = `{organisations: [${organisation}], issuanceSystems: [${system}], ${acme}}`
    expect(withFile(file).acme.caaIdentities).toEqual(['secomtrust.net'])
  })

  it('treats an empty variable as absent', () => {
    expect(loadConfig({ UPKI_CONFIG: '', UPKI_REDIS_URL: '', UPKI_LISTEN: '' }).redisUrl).toBeUndefined()
  })

  it.each([
    { listen: '[::1]:9443', host: '::1', port: 9443 },
    { listen: 'localhost:0', host: 'localhost', port: 0 },
    { listen: '0.0.0.0:65535', host: '0.0.0.0', port: 65535 },
  ])('listens on $listen', ({ listen, host, port }) => {
    expect(loadConfig({ UPKI_LISTEN: listen }).listen).toEqual({ host, port })
  })

  it.each([
    { name: 'a port above 65535', env: { UPKI_LISTEN: '127.0.0.1:65536' }, says: /65536 is above 65535/ },
    { name: 'an address without a port', env: { UPKI_LISTEN: '127.0.0.1' }, says: /HOST:PORT/ },
    { name: 'an unknown log level', env: { UPKI_LOG_LEVEL: 'loud' }, says: /UPKI_LOG_LEVEL/ },
    {
      name: 'two mistakes at once',
      env: { UPKI_LISTEN: 'x', UPKI_LOG_LEVEL: 'loud' },
      says: /2 mistake[^]*UPKI_LISTEN[^]*UPKI_LOG_LEVEL/,
    },
    {
      name: 'a file that is not there',
      env: { UPKI_CONFIG: '/nowhere/config.yaml' },
      says: /could not be read/,
    },
  ])('refuses $name and says so', ({ env, says }) => {
    expect(() => loadConfig(env)).toThrow(says)
  })

  it.each([
    {
      name: 'an unknown member',
      file: `{organisations: [${organisation}], issuanceSystems: [${system}], extra: 1}`,
      says: /extra/,
    },
    {
      name: 'an organisation at a system that is not configured',
      file: `{organisations: [${organisation.replace('issuanceSystem: s', 'issuanceSystem: t')}], issuanceSystems: [${system}]}`,
      says: /organisation a: there is no issuance system t/,
    },
    {
      name: 'another country',
      file: `{organisations: [${organisation.replace('id: a', 'id: a, country: US')}], issuanceSystems: [${system}]}`,
      says: /country/,
    },
    {
      name: 'two mistakes in tables',
      file: `{organisations: [${organisation.replace('id: a', 'id: a, tables: {server-isue: {}, acme-renew: {max: 1}}')}], issuanceSystems: [${system}]}`,
      says: /2 mistake[^]*tables: there is no kind server-isue[^]*tables: acme-renew: unknown setting max/,
    },
    {
      name: 'an empty phishing word, which every name holds',
      file: `{organisations: [${organisation.replace('id: a', 'id: a, phishingWords: [""]')}], issuanceSystems: [${system}]}`,
      says: /phishingWords/,
    },
    ...['0.9', '60.1'].map((seconds) => ({
      name: `a sweep each ${seconds} seconds`,
      file: `{organisations: [${organisation}], issuanceSystems: [${system}], queue: {sweepSeconds: ${seconds}}}`,
      says: /queue\.sweepSeconds/,
    })),
    { name: 'YAML that is none', file: '{organisations: [', says: /could not be read/ },
  ])('refuses a file with $name and says so', ({ file, says }) => {
    expect(() => withFile(file)).toThrow(says)
  })
})
